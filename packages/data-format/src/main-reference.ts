import { type Verdict, accept } from '@vsys/primitives';
import { dropDefaults, type Fields } from './fields.ts';
import { fieldLength, type FormatCode, safeInteger } from './gate.ts';
import type { MainReference } from './model.ts';

export function mainReferenceToMessage(reference: MainReference | undefined): object | undefined {
  return reference === undefined ? undefined : dropDefaults({ chainId: reference.chainId, height: BigInt(reference.height), blockId: reference.blockId });
}

export function readMainReference(fields: Fields | undefined): Verdict<MainReference | undefined, FormatCode> {
  if (fields === undefined) return accept(undefined);
  const chainId = fields.bytes('chainId');
  const blockId = fields.bytes('blockId');
  const height = safeInteger('MainReference', 'height', fields.uint64('height'));
  if (!height.ok) return height;
  for (const [name, bytes] of [['chainId', chainId], ['blockId', blockId]] as const) {
    const length = fieldLength('MainReference', name, bytes, 32);
    if (!length.ok) return length;
  }
  return accept({ chainId, height: height.value, blockId });
}
