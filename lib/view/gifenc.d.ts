/** What is used of gifenc, which has no types of its own. @see https://github.com/mattdesl/gifenc */
declare module 'gifenc' {
  interface FrameOptions {
    readonly palette?: readonly (readonly number[])[];
    readonly transparent?: boolean;
    readonly transparentIndex?: number;
    /** ms */
    readonly delay?: number;
    /** 0 = for ever */
    readonly repeat?: number;
    /** 2 = back to nothing before the next frame */
    readonly dispose?: number;
  }
  interface Encoder {
    writeFrame(pixels: Uint8Array, width: number, height: number, options?: FrameOptions): void;
    finish(): void;
    bytes(): Uint8Array;
  }
  export const GIFEncoder: (() => Encoder) | undefined;
  const gifenc: { GIFEncoder(): Encoder };
  export default gifenc;
}
