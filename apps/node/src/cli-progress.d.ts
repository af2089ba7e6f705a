/** The part of cli-progress that is used here; it brings no types of its own. */
declare module 'cli-progress' {
  export class SingleBar {
    constructor(options: { readonly format: string; readonly stream: NodeJS.WritableStream; readonly hideCursor: boolean; readonly clearOnComplete: boolean; readonly etaBuffer: number });
    start(total: number, value: number): void;
    update(value: number): void;
    stop(): void;
  }
}
