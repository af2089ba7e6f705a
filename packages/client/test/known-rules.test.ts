import { describe, expect, test } from '@jest/globals';
import { createEras } from '@vsys/consensus-eras';
import { createPoa } from '@vsys/consensus-poa';
import { createSpos } from '@vsys/consensus-spos';
import type { ConsensusModule } from '@vsys/consensus';
import { createSigner, verifySignature } from '@vsys/crypto';
import { toHex } from '@vsys/primitives';
import { openRules } from '../src/known-rules.ts';

const chain = new Uint8Array(32);
const { account, publicKey } = createSigner('ed25519', new Uint8Array(32).fill(3));
const [holder, key] = [toHex(account), toHex(publicKey.bytes)];
const eras = createEras({ modules: [createPoa({ verifySignature }) as ConsensusModule, createSpos({ verifySignature }) as ConsensusModule] });

describe('rules of a chain that changes its module', () => {
  test('are those of all its eras', () => {
    const params = eras.paramsFromJson({ eras: [{ module: 'poa@1', lastHeight: 9, params: { authorities: [{ account: holder, key }] } }, { module: 'spos@1', params: { seats: [{ seat: 0, account: holder, mintKey: key }] } }] });
    if (!params.ok) throw new Error(params.message);
    const node = eras.open(params.value, chain);
    const client = openRules('eras@1', params.value, chain, verifySignature);
    if (!node.ok || !client.ok) throw new Error('the rules do not open');
    const start = { height: 0, id: chain, timeMs: 1_000_000 };
    const spec = { consensus: { module: 'eras@1', params: params.value } };
    const [a, b] = [node.value.rules.genesis(spec, start), client.value.genesis(spec, start)];
    expect(client.value.encode(b.context)).toEqual(node.value.rules.encode(a.context));
    expect(b.rank).toEqual(a.rank);
  });

  test('are not there when those of one era are not, or when it is no list of eras', () => {
    const other = createEras({ modules: [{ ...(createPoa({ verifySignature }) as ConsensusModule), id: 'other@1' }] });
    const params = other.paramsFromJson({ eras: [{ module: 'other@1', params: { authorities: [{ account: holder, key }] } }] });
    if (!params.ok) throw new Error(params.message);
    expect(openRules('eras@1', params.value, chain, verifySignature)).toMatchObject({ ok: false, code: 'CLIENT_MODULE' });
    expect(openRules('eras@1', new Uint8Array(), chain, verifySignature)).toMatchObject({ ok: false, code: 'ERAS_PARAMS' });
  });
});
