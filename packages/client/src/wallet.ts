import { type AccountId, fromHex, systemRandom, utf8ToBytes } from '@vsys/primitives';
import { sha256 } from '@vsys/crypto/hash';
import { accountToHex, createPortableSigner, type KeyScheme, type PublicKey, vsysSecretFromSeed } from '@vsys/crypto/sign';
import { openBrowserKey } from './browser-key.ts';

/** Whoever signs: where the key lies is its own matter. */
export interface WalletKey {
  readonly publicKey: PublicKey;
  readonly account: AccountId;
  /** @returns 64 bytes */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** A key that pays, acts and signs, and what is known of it. */
export class Wallet implements WalletKey {
  readonly publicKey: PublicKey;
  /** 20 bytes. */
  readonly account: AccountId;
  /** Everybody can make its key: only chains whose network is `test` take it here. */
  readonly isPublic: boolean;
  readonly #key: WalletKey;

  /** @param key - a signer of `@vsys/crypto`, a device, or whatever else signs */
  constructor(key: WalletKey, { isPublic = false }: { readonly isPublic?: boolean } = {}) {
    this.publicKey = key.publicKey;
    this.account = key.account;
    this.isPublic = isPublic;
    this.#key = key;
  }

  /** The account as 0x-hex. */
  get address(): string {
    return accountToHex(this.account);
  }

  async sign(message: Uint8Array): Promise<Uint8Array> {
    return this.#key.sign(message);
  }

  /**
   * The key that everybody makes from a word, such as `ada`, who has the coins of `vsys dev`. It protects nothing, so chains whose network is
   * not `test` are refused it: CLIENT_TEST_WALLET.
   */
  static async test(name: string): Promise<Wallet> {
    return new Wallet(createPortableSigner('ed25519', sha256(utf8ToBytes(`v devnet ${name}`))), { isPublic: true });
  }

  /**
   * @param seed - 32 bytes or 64 hex digits: the secret of the key
   * @throws KeyError KEY_LENGTH, KEY_RANGE
   */
  static fromSeed(seed: Uint8Array | string, scheme: KeyScheme = 'ed25519'): Wallet {
    return new Wallet(createPortableSigner(scheme, typeof seed === 'string' ? fromHex(seed.replace(/^0x/i, '').toLowerCase()) : seed));
  }

  /** A seed text of a V SYSTEMS wallet, which keeps its address. @param nonce - 0, 1, 2 … for the addresses of one wallet */
  static fromVsysSeed(seed: string, nonce: number = 0): Wallet {
    return new Wallet(createPortableSigner('vsys', vsysSecretFromSeed(seed, nonce)));
  }

  /** A new key, and its secret to be kept. */
  static generate(): { readonly wallet: Wallet; readonly seed: Uint8Array } {
    const seed = systemRandom.bytes(32);
    return { wallet: Wallet.fromSeed(seed), seed };
  }

  /**
   * The key that this page's origin keeps under a name, made when there is none. The page can use it and cannot read it: the browser holds it as
   * a key that is never exported. That keeps its bytes from being stolen. It does not keep a script that runs in the page from signing with it, it has no
   * password, and it is gone with the browser's data: for what must outlive that, use another key.
   *
   * @throws ClientError CLIENT_KEYSTORE where there is no IndexedDB, or no Ed25519 in the browser's WebCrypto
   */
  static async browser(name: string = 'default'): Promise<Wallet> {
    return new Wallet(await openBrowserKey(name));
  }
}
