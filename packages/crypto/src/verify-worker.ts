import { parentPort } from 'node:worker_threads';
import { verifyPacked } from './packed-signatures.ts';

parentPort?.on('message', ({ id, packed }: { id: number; packed: Uint8Array }) => {
  parentPort?.postMessage({ id, verdicts: verifyPacked(packed) });
});
