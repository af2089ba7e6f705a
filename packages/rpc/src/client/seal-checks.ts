import { equalBytes } from '@vsys/primitives';
import type { PublicKeyOf, VerifySignature } from '@vsys/consensus/rules';

export interface SealToCheck {
  readonly publicKey: PublicKeyOf;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Checks many signatures at once, with the verdicts of the one that checks them singly. */
export type VerifyMany = (items: readonly SealToCheck[]) => Promise<readonly boolean[]>;

/**
 * Lets the rules of headers, which ask for one signature after the other, have them checked together. A fold over headers is pure: it is run once as if all signatures held, which tells what it asks for; they are checked; then
 * it runs in earnest, and finds them known. A signature that does not hold is asked for again there, and refused.
 */
export interface SealChecks {
  /** For the rules. */
  readonly verify: VerifySignature;
  /** @param fold - runs the rules over headers and changes nothing */
  ahead(fold: () => void): Promise<void>;
  /** Forgets what was found ahead. */
  forget(): void;
}

/** @param many - resolves to undefined where there is nothing better than one after the other */
export function createSealChecks(one: VerifySignature, many: () => Promise<VerifyMany | undefined>): SealChecks {
  const held = new Map<string, SealToCheck>();
  let asked: SealToCheck[] | undefined;
  let opening: Promise<VerifyMany | undefined> | undefined;
  return {
    verify(publicKey, message, signature) {
      if (asked !== undefined) {
        asked.push({ publicKey, message, signature });
        return true;
      }
      const known = held.get(nameOf(signature));
      const isKnown = known !== undefined && known.publicKey.scheme === publicKey.scheme && equalBytes(known.publicKey.bytes, publicKey.bytes) && equalBytes(known.message, message);
      return isKnown || one(publicKey, message, signature);
    },
    async ahead(fold) {
      opening ??= many();
      const verifyMany = await opening;
      if (verifyMany === undefined) return;
      const found: SealToCheck[] = [];
      asked = found;
      try {
        fold();
      } finally {
        asked = undefined;
      }
      const verdicts = await verifyMany(found);
      for (const [i, item] of found.entries()) if (verdicts[i] === true) held.set(nameOf(item.signature), item);
    },
    forget: () => held.clear(),
  };
}

function nameOf(signature: Uint8Array): string {
  return String.fromCharCode(...signature);
}
