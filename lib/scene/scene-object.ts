/** What a job puts into the store. */
export interface SceneObject {
  readonly key: string;
  readonly bytes: Uint8Array;
}
