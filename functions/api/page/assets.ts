/** A file of the page, ready to be sent. */
export interface Asset {
  readonly bytes: Uint8Array;
  /** The same in gzip, where that is smaller. */
  readonly gzip?: Uint8Array;
  readonly type: string;
  readonly etag: string;
}

/** The files of the map page by name; `index.html` is the page. */
export type PageAssets = ReadonlyMap<string, Asset>;

/** Where the files come from is not for the application to know: they may be built when the first one is asked for. */
export type Page = () => Promise<PageAssets>;
