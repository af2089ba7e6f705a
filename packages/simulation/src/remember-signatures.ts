import { type SignatureVerifier, verifySignature } from '@vsys/crypto';
import type { PublicKeyOf, VerifySignature } from '@vsys/consensus';

/** Checks each signature once for all nodes of a process: the verdict is a pure function of the bytes, and most of a run would be spent in it. */
export function rememberSignatures(): { readonly verify: VerifySignature; readonly verifier: SignatureVerifier } {
  const verdicts = new Map<string, boolean>();
  const verify = (key: PublicKeyOf, message: Uint8Array, signature: Uint8Array): boolean => {
    const name = `${key.scheme} ${textOf(key.bytes)} ${signature.length} ${textOf(signature)} ${textOf(message)}`;
    let verdict = verdicts.get(name);
    if (verdict === undefined) verdicts.set(name, (verdict = verifySignature(key, message, signature)));
    return verdict;
  };
  return {
    verify,
    verifier: {
      verify: async (items) => Uint8Array.from(items, ({ publicKey, message, signature }) => (verify(publicKey, message, signature) ? 1 : 0)),
      close: async () => {},
    },
  };
}

/** One character for each byte: the cheapest exact key for a map. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
