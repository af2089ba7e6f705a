import { BlockLogError, checkRecords, checkSequence } from './block-log.ts';
import type { BlockLog, BlockLogRecord } from './block-log.ts';

/** The in-memory twin of the block log on files: the same laws, lost when the process ends. */
export function createMemoryBlockLog(): BlockLog {
  const kept: Uint8Array[] = [];
  let closed = false;
  const check = (): void => {
    if (closed) throw new BlockLogError('BLOCK_LOG_CLOSED', 'the block log is closed');
  };
  const close = async (): Promise<void> => {
    closed = true;
  };

  async function* walk(from: number): AsyncGenerator<BlockLogRecord> {
    check();
    const end = kept.length;
    checkSequence(from, end);
    for (let sequence = from; sequence < end; sequence++) {
      check();
      yield { sequence, bytes: (kept[sequence] as Uint8Array).slice() };
    }
  }

  return {
    async append(records) {
      check();
      const first = kept.length;
      checkRecords(records);
      for (const record of records) kept.push(new Uint8Array(record));
      return first;
    },
    get next() {
      return kept.length;
    },
    async read(sequence) {
      check();
      checkSequence(sequence, kept.length - 1);
      return (kept[sequence] as Uint8Array).slice();
    },
    records: walk,
    close,
    [Symbol.asyncDispose]: close,
  };
}
