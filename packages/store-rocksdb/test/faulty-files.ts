import type { LogFile, LogFiles } from '../src/index.ts';

export type FaultPoint = 'open' | 'write' | 'truncate' | 'sync' | 'rename' | 'syncFolder';

/** Decides, before an operation, whether it fails: the system's code, and of a write how many bytes go through before. */
export type Fault = (point: FaultPoint, bytes: number) => { readonly code: string; readonly written?: number } | undefined;

/** Real files whose operations fail when told. */
export function createFaultyFiles(files: LogFiles, fault: Fault): LogFiles {
  const strike = (point: FaultPoint): void => {
    const found = fault(point, 0);
    if (found !== undefined) throw systemError(found.code);
  };
  return {
    ...files,
    async open(name, options) {
      if (options?.create === true) strike('open');
      return createFaultyFile(await files.open(name, options), fault, strike);
    },
    async rename(from, to) {
      strike('rename');
      await files.rename(from, to);
    },
    async syncFolder() {
      strike('syncFolder');
      await files.syncFolder();
    },
  };
}

function createFaultyFile(file: LogFile, fault: Fault, strike: (point: FaultPoint) => void): LogFile {
  return {
    ...file,
    async write(offset, bytes) {
      const found = fault('write', bytes.length);
      if (found === undefined) return file.write(offset, bytes);
      await file.write(offset, bytes.subarray(0, found.written ?? 0));
      throw systemError(found.code);
    },
    async truncate(size) {
      strike('truncate');
      await file.truncate(size);
    },
    async sync() {
      strike('sync');
      await file.sync();
    },
  };
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: told to fail`), { code });
}
