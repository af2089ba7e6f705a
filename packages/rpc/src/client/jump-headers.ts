import { headerFromBytes } from '@vsys/data-format';
import { badAnswer } from './client-error.ts';
import type { Call } from './http-call.ts';
import { readBytes, readWhole, readObject } from './read-json.ts';
import type { VerifiedHeaders } from './verified-headers.ts';

/** From how far, and how near to the head, a client jumps: see `clientLimits`. */
export interface JumpLimits {
  readonly jumpMin: number;
  readonly jumpTail: number;
}

/** Height of the node's head, as it claims. */
export async function askHead(call: Call): Promise<number> {
  const info = readObject(await call('chain_info', {}), 'chain_info');
  return readWhole(readObject(info.head, 'head').height, 'head.height');
}

/**
 * Goes up by certificates as long as the node gives any that hold. One that does not is left alone: the headers are followed then, and tell by themselves whether the node lies.
 *
 * @returns whether it went up at all
 */
export async function jumpHeaders(call: Call, headers: VerifiedHeaders, head: number, { jumpMin, jumpTail }: JumpLimits): Promise<boolean> {
  for (let hasJumped = false; ; hasJumped = true) {
    const { final } = headers.followed;
    if (!headers.canJump || head - final.height <= jumpMin) return hasJumped;
    const { header, certificate } = readObject(await call('chain_jump', { from: final.id, to: Math.max(0, head - jumpTail) }), 'chain_jump');
    if (header === undefined || certificate === undefined) return hasJumped;
    const parsed = headerFromBytes(readBytes(header, 'header'));
    if (!parsed.ok) throw badAnswer(`header is a header (${parsed.code})`);
    if (!headers.jump({ header: parsed.value, certificate: readBytes(certificate, 'certificate') }).ok || headers.followed.final.height <= final.height) return hasJumped;
  }
}
