/** What the chain answers, in the form of the wire. */
import { type Refusal, toHex } from '@vsys/primitives';
import type { BlockRef, ChainBlock, TransactionStatus } from '@vsys/consensus';
import type { BlockRefJson, ChainInfo, RpcErrorData, TransactionStatusJson } from './contract.ts';
import { explainCode } from './remedies.ts';

export function blockRefToJson({ height, id }: BlockRef): BlockRefJson {
  return { height, id: toHex(id) };
}

export function headToJson(head: ChainBlock): ChainInfo['head'] {
  return { ...blockRefToJson(head), timeMs: head.header.timeMs, stateRoot: toHex(head.header.stateRoot) };
}

export function statusToJson(status: TransactionStatus): TransactionStatusJson {
  if (status.kind === 'dropped') return { kind: status.kind, code: status.code };
  if (status.kind === 'unknown' || status.kind === 'pooled') return { kind: status.kind };
  const { kind, height, blockId, index, receipt: { status: done, code, gasUsed, feePaid } } = status;
  return { kind, height, blockId: toHex(blockId), index, receipt: { status: done, code, gasUsed: String(gasUsed), feePaid: String(feePaid) } };
}

export function bytesToJson(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** A refusal as callers see it: with what to do, and with data that JSON can hold. */
export function refusalToJson({ code, message, data }: Refusal): RpcErrorData {
  const remedy = explainCode(code)?.remedy ?? 'correct the request as the message says';
  return { code, message, remedy, ...(data === undefined ? {} : { data: plain(data) as Record<string, unknown> }) };
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
