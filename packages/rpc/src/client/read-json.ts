/** Readers of what a node answered. It may be any JSON; each throws CLIENT_BAD_ANSWER for what is not as the contract says. */
import { fromHex } from '@vsys/primitives';
import type { BlockRefJson, ReceiptJson, SubmitResult, TransactionStatusJson } from '../contract.ts';
import { fromBase64 } from './base64.ts';
import { badAnswer, ClientError } from './client-error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function readObject(json: unknown, name: string): JsonObject {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw badAnswer(`${name} is an object`);
  return json as JsonObject;
}

export function readList(json: unknown, name: string, max: number): readonly unknown[] {
  if (!Array.isArray(json) || json.length > max) throw badAnswer(`${name} is a list of at most ${max} entries`);
  return json as readonly unknown[];
}

export function readWhole(json: unknown, name: string): number {
  if (!Number.isSafeInteger(json) || (json as number) < 0) throw badAnswer(`${name} is a whole number`);
  return json as number;
}

export function readText(json: unknown, name: string): string {
  if (typeof json !== 'string') throw badAnswer(`${name} is a text`);
  return json;
}

/** @returns the hex as it was sent, which is the one form of 32 bytes */
export function readHash(json: unknown, name: string): string {
  if (typeof json !== 'string' || !/^[0-9a-f]{64}$/.test(json)) throw badAnswer(`${name} is 64 lower-case hex digits`);
  return json;
}

/** Of any even number of digits. */
export function readHex(json: unknown, name: string): Uint8Array {
  if (typeof json !== 'string' || !/^(?:[0-9a-f]{2})+$/.test(json)) throw badAnswer(`${name} is lower-case hex`);
  return fromHex(json);
}

export function readBytes(json: unknown, name: string): Uint8Array {
  const bytes = typeof json === 'string' ? fromBase64(json) : undefined;
  if (bytes === undefined) throw badAnswer(`${name} is base64`);
  return bytes;
}

export function readCode(json: unknown, name: string): string {
  if (typeof json !== 'string' || !/^[A-Z][A-Z0-9_]{1,63}$/.test(json)) throw badAnswer(`${name} is a code`);
  return json;
}

export function readBlockRef(json: unknown, name = 'block'): BlockRefJson {
  const { height, id } = readObject(json, name);
  return { height: readWhole(height, `${name}.height`), id: readHash(id, `${name}.id`) };
}

/** The block of an answer, which must be at the height that was asked for. */
export function readBlockAt(json: unknown, at: number | undefined): BlockRefJson {
  const block = readBlockRef(json);
  if (at !== undefined && block.height !== at) throw badAnswer(`block.height is ${at}, as asked`);
  return block;
}

export function readStatus(json: unknown): TransactionStatusJson {
  const status = readObject(json, 'status');
  switch (status.kind) {
    case 'unknown':
    case 'pooled':
      return { kind: status.kind };
    case 'dropped':
      return { kind: status.kind, code: readCode(status.code, 'status.code') };
    case 'included':
    case 'safe':
    case 'final':
      return {
        kind: status.kind, height: readWhole(status.height, 'status.height'), blockId: readHash(status.blockId, 'status.blockId'),
        index: readWhole(status.index, 'status.index'), receipt: readReceipt(status.receipt),
      };
    default:
      throw badAnswer('status.kind is unknown, pooled, dropped, included, safe or final');
  }
}

function readReceipt(json: unknown): ReceiptJson {
  const { status, code, gasUsed, feePaid } = readObject(json, 'receipt');
  if (status !== 'ok' && status !== 'failed') throw badAnswer('receipt.status is ok or failed');
  return { status, code: readText(code, 'receipt.code'), gasUsed: readAmount(gasUsed, 'receipt.gasUsed'), feePaid: readAmount(feePaid, 'receipt.feePaid') };
}

function readAmount(json: unknown, name: string): string {
  if (typeof json !== 'string' || !/^[0-9]{1,40}$/.test(json)) throw badAnswer(`${name} is a decimal number in a text`);
  return json;
}

/** @param id - of the transaction that was sent; undefined when its bytes are none, which no node takes */
export function readSubmitResult(json: unknown, id: string | undefined): SubmitResult {
  const result = readObject(json, 'result');
  if (result.error !== undefined) {
    const { code, message, remedy, data } = readObject(result.error, 'error');
    return {
      error: {
        code: readCode(code, 'error.code'), message: readText(message, 'error.message'), remedy: readText(remedy, 'error.remedy'),
        ...(data === undefined ? {} : { data: readObject(data, 'error.data') }),
      },
    };
  }
  if (result.status !== 'pooled' && result.status !== 'known') throw badAnswer('result.status is pooled or known');
  if (id === undefined || result.id !== id) throw badAnswer('result.id is that of the transaction sent');
  return { id, status: result.status };
}

/** An id that the caller gave: refused as the node would. */
export function checkId(id: string): void {
  if (!/^[0-9a-f]{64}$/.test(id)) throw new ClientError('RPC_PARAMS', `id is 64 lower-case hex digits, found ${id.length} characters`);
}
