export type KeyScheme = 'ed25519' | 'secp256k1' | 'vsys';

/** Tag of each scheme in encoded authorizations, and the length of its public keys in bytes. Signatures have 64 bytes in all. */
export const keySchemes: Readonly<Record<KeyScheme, { readonly tag: number; readonly publicKeyBytes: number }>> = {
  ed25519: { tag: 1, publicKeyBytes: 32 },
  secp256k1: { tag: 2, publicKeyBytes: 33 },
  vsys: { tag: 3, publicKeyBytes: 32 },
};

export interface PublicKey {
  readonly scheme: KeyScheme;
  readonly bytes: Uint8Array;
}
