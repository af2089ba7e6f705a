import { Worker } from 'node:worker_threads';
import { CodedError } from '@vsys/primitives';
import type { PublicKey } from './key-scheme.ts';
import { packSignatures, verifyPacked } from './packed-signatures.ts';

export class VerifierError extends CodedError<'CRYPTO_WORKER_DEAD' | 'CRYPTO_VERIFIER_CLOSED'> {}

export interface SignatureItem {
  readonly publicKey: PublicKey;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Checks signatures in batches. A malformed item is a 0, never an exception. */
export interface SignatureVerifier {
  /** @returns one byte per item, in order: 1 valid, 0 not */
  verify(items: readonly SignatureItem[]): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** On the caller's own thread: for tests, and for a handful of items. */
export function createInlineVerifier(): SignatureVerifier {
  return {
    verify: (items) => Promise.resolve(verifyPacked(packSignatures(items))),
    close: () => Promise.resolve(),
  };
}

/** In one worker: items of a call travel there in one transferred buffer. A dead worker fails the calls that wait; the next call starts another. */
export function createSignatureVerifier(): SignatureVerifier {
  let worker: Worker | undefined;
  let closed = false;
  let next = 0;
  const waiting = new Map<number, { resolve: (verdicts: Uint8Array) => void; reject: (error: Error) => void }>();

  const fail = (failed: Worker, cause: unknown): void => {
    if (worker !== failed) return;
    worker = undefined;
    const error = new VerifierError('CRYPTO_WORKER_DEAD', 'the worker that checks signatures ended; the batch can be sent again', { cause });
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const start = (): Worker => {
    // From sources the worker is TypeScript as well, and needs the condition that resolves workspace packages to theirs.
    const file = import.meta.url.endsWith('.ts') ? './verify-worker.ts' : './verify-worker.js';
    const execArgv = file.endsWith('.ts') ? ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning'] : [];
    const started = new Worker(new URL(file, import.meta.url), { execArgv });
    started.unref();
    started.on('message', ({ id, verdicts }: { id: number; verdicts: Uint8Array }) => {
      waiting.get(id)?.resolve(verdicts);
      waiting.delete(id);
      if (waiting.size === 0) started.unref();
    });
    started.on('error', (error) => fail(started, error));
    started.on('exit', (code) => fail(started, `exit code ${code}`));
    return started;
  };
  return {
    verify(items) {
      if (closed) return Promise.reject(new VerifierError('CRYPTO_VERIFIER_CLOSED', 'the verifier is closed'));
      if (items.length === 0) return Promise.resolve(new Uint8Array());
      worker ??= start();
      const target = worker;
      const packed = packSignatures(items);
      const id = next++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        // Referenced only while it works, so that it never keeps a process alive.
        target.ref();
        target.postMessage({ id, packed }, [packed.buffer as ArrayBuffer]);
      });
    },
    async close() {
      closed = true;
      await worker?.terminate();
    },
  };
}
