declare module 'seek-bzip' {
  interface Source {
    readByte(): number;
    read(into: Uint8Array, offset: number, length: number): number;
  }
  interface Sink {
    writeByte(byte: number): void;
  }
  const Bunzip: { decode(input: Source, output: Sink, multistream: boolean): void };
  export default Bunzip;
}
