import protobuf from 'protobufjs/light.js';

/**
 * What protobufjs makes of a 64-bit integer. Left to itself it looks for a library at run time and, where it finds none (bundles, other
 * module systems), decodes to a double without a word: digits of large numbers would depend on the platform.
 */
class Bits64 {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
  constructor(low: number, high: number, unsigned: boolean) {
    this.low = low;
    this.high = high;
    this.unsigned = unsigned;
  }
  /** Called for the default value of a field, which is 0. */
  static fromNumber(value: number, unsigned: boolean): Bits64 {
    return new Bits64(value | 0, 0, unsigned);
  }
  /** Called for the same. */
  toNumber(): number {
    return this.low;
  }
}
(protobuf.util as unknown as { Long: typeof Bits64 }).Long = Bits64;
protobuf.configure();

/**
 * The wire schemas. Field numbers are part of the protocol: never reused, never moved. Normative text: docs/spec/data-format.md.
 * Reflection rather than generated code: no build step, and it runs in a browser.
 */
const field = (id: number, type: string, rule?: 'repeated'): { id: number; type: string; rule?: string; options?: Record<string, unknown> } =>
  (rule === undefined ? { id, type } : { id, type, rule });

const root = protobuf.Root.fromJSON({
  nested: {
    MainReference: { fields: { chainId: field(1, 'bytes'), height: field(2, 'uint64'), blockId: field(3, 'bytes') } },
    Header: {
      fields: {
        version: field(1, 'uint32'), chainId: field(2, 'bytes'), height: field(3, 'uint64'), parent: field(4, 'bytes'), timeMs: field(5, 'uint64'),
        bodyRoot: field(6, 'bytes'), receiptsRoot: field(7, 'bytes'), stateRoot: field(8, 'bytes'), seatSetRoot: field(9, 'bytes'),
        nextSeatSetRoot: field(10, 'bytes'), historyRoot: field(11, 'bytes'), gasUsed: field(12, 'uint64'), mainReference: field(13, 'MainReference'), ext: field(14, 'bytes'),
      },
    },
    SealedHeader: { fields: { header: field(1, 'bytes'), seal: field(2, 'bytes') } },
    Block: { fields: { header: field(1, 'bytes'), seal: field(2, 'bytes'), transactions: field(3, 'bytes', 'repeated') } },
    Operation: { fields: { container: field(1, 'string'), payload: field(2, 'bytes'), actor: field(3, 'bytes') } },
    Body: {
      fields: {
        chainId: field(1, 'bytes'), payer: field(2, 'bytes'), lane: field(3, 'uint32'), sequence: field(4, 'uint64'), validUntil: field(5, 'uint64'),
        feeMax: field(6, 'uint64'), gasMax: field(7, 'uint64'), operations: field(8, 'Operation', 'repeated'),
      },
    },
    Authorization: { fields: { scheme: field(1, 'uint32'), publicKey: field(2, 'bytes'), signature: field(3, 'bytes') } },
    Transaction: { fields: { body: field(1, 'bytes'), authorizations: field(2, 'Authorization', 'repeated') } },
    Receipt: { fields: { failed: field(1, 'bool'), code: field(2, 'string'), gasUsed: field(3, 'uint64'), feePaid: field(4, 'uint64'), results: field(5, 'bytes', 'repeated') } },
    Module: { fields: { module: field(1, 'string'), params: field(2, 'bytes') } },
    ContainerSpec: { fields: { name: field(1, 'string'), version: field(2, 'uint32'), params: field(3, 'bytes') } },
    Balance: { fields: { account: field(1, 'bytes'), amount: field(2, 'uint64') } },
    ChainSpec: {
      fields: {
        version: field(1, 'uint32'), name: field(2, 'string'), symbol: field(3, 'string'), network: field(4, 'string'), genesisTimeMs: field(5, 'uint64'),
        blockBytesMax: field(6, 'uint32'), blockGasMax: field(7, 'uint64'), transactionBytesMax: field(8, 'uint32'), feePerByte: field(9, 'uint64'), feePerGas: field(10, 'uint64'),
        feeTo: field(11, 'string'), consensus: field(12, 'Module'), containers: field(13, 'ContainerSpec', 'repeated'), balances: field(14, 'Balance', 'repeated'),
        mainReference: field(15, 'MainReference'), salt: field(16, 'bytes'),
      },
    },
  },
});

export type MessageName = 'Header' | 'SealedHeader' | 'Block' | 'Body' | 'Transaction' | 'Receipt' | 'ChainSpec';

export interface Codec {
  /** `message` holds only fields that differ from their default: see `gate.ts`. */
  encode(message: object): Uint8Array;
  decode(bytes: Uint8Array): object;
}

export function codec(name: MessageName): Codec {
  const type = root.lookupType(name);
  return {
    encode(message) {
      // A Writer may hand out a Buffer; outside this file there are only plain byte arrays.
      return new Uint8Array(type.encode(message).finish());
    },
    decode: (bytes) => type.decode(bytes),
  };
}
