import { createEras, erasFromBytes, erasToBytes } from '@vsys/consensus-eras';
import type { ConsensusModule } from '@vsys/consensus';
import { describe, expect, test } from '@jest/globals';
import { eraOf, modules } from './support.ts';

const CHAIN = new Uint8Array(32);
const eras = createEras({ modules });

function paramsOf(...list: readonly unknown[]): Uint8Array {
  const params = eras.paramsFromJson({ eras: list });
  if (!params.ok) throw new Error(params.message);
  return params.value;
}

describe('parameters of eras@1', () => {
  const three = [eraOf('poa', 3, 10), eraOf('spos', 3, 20), eraOf('bft', 3)];

  test('are the same again after bytes and JSON', () => {
    const bytes = paramsOf(...three);
    const decoded = erasFromBytes(bytes);
    expect(decoded.ok && erasToBytes(decoded.value)).toEqual(bytes);
    const json = eras.paramsToJson(bytes);
    expect(json.ok && eras.paramsFromJson(json.value)).toEqual({ ok: true, value: bytes });
  });

  test.each<readonly [string, string, unknown]>([
    ['no list', 'ERAS_PARAMS', {}],
    ['no era', 'ERAS_PARAMS', { eras: [] }],
    ['heights that do not grow', 'ERAS_PARAMS', { eras: [eraOf('poa', 3, 10), eraOf('spos', 3, 10), eraOf('bft', 3)] }],
    ['a last era that ends', 'ERAS_PARAMS', { eras: [eraOf('poa', 3, 10)] }],
    ['an era before the last that does not end', 'ERAS_PARAMS', { eras: [eraOf('poa', 3), eraOf('bft', 3)] }],
    ['a height of 0', 'ERAS_PARAMS', { eras: [eraOf('poa', 3, 0), eraOf('bft', 3)] }],
    ['a height that is no number', 'ERAS_PARAMS', { eras: [{ ...eraOf('poa', 3), lastHeight: '10' }, eraOf('bft', 3)] }],
    ['too many', 'ERAS_PARAMS', { eras: Array.from({ length: 17 }, (_, i) => eraOf('poa', 3, i + 1)) }],
    ['another word', 'ERAS_PARAMS', { eras: [{ ...eraOf('poa', 3), height: 10 }] }],
    ['a module that is not there', 'ERAS_MODULE', { eras: [{ module: 'pow@1', params: {} }] }],
    ['itself', 'ERAS_MODULE', { eras: [{ module: 'eras@1', params: {} }] }],
    ['parameters that the module refuses', 'POA_PARAMS', { eras: [{ module: 'poa@1', params: { authorities: [] } }] }],
  ])('are refused: %s', (_name, code, json) => {
    expect(eras.paramsFromJson(json)).toMatchObject({ ok: false, code });
  });

  test('are refused when a byte is missing, added, or of another spelling', () => {
    const bytes = paramsOf(...three);
    for (const end of [0, 1, 5, 11, 20, bytes.length - 1]) expect(erasFromBytes(bytes.slice(0, end))).toMatchObject({ ok: false, code: 'ERAS_PARAMS' });
    for (const changed of [Uint8Array.of(...bytes, 0), bytes.map((byte, i) => (i === 0 ? 2 : byte)), bytes.map((byte, i) => (i === 2 ? 255 : byte))]) expect(erasFromBytes(changed)).toMatchObject({ ok: false, code: 'ERAS_PARAMS' });
  });

  test('name a module that this node does not have, or bring one container twice', () => {
    const bytes = paramsOf(...three);
    expect(createEras({ modules: modules.slice(0, 2) }).open(bytes, CHAIN)).toMatchObject({ ok: false, code: 'ERAS_MODULE' });
    expect(eras.open(paramsOf(eraOf('spos', 3, 10), eraOf('bft', 3, 20), eraOf('spos', 4)), CHAIN)).toMatchObject({ ok: false, code: 'ERAS_CONTAINER' });
  });
});

describe('eras@1 is as its modules are', () => {
  test('it has their containers, each begun with the parameters of its own module', () => {
    const spos = modules[1] as ConsensusModule;
    const own = spos.paramsFromJson(eraOf('spos', 3).params);
    const alone = own.ok ? spos.open(own.value, CHAIN) : own;
    const bytes = paramsOf(eraOf('poa', 3, 10), eraOf('spos', 3));
    const opened = eras.open(bytes, CHAIN);
    if (!opened.ok || !alone.ok || !own.ok) throw new Error('the modules do not open');
    expect(opened.value.containers.map(({ name }) => name)).toEqual(alone.value.containers.map(({ name }) => name));
    expect(opened.value.containers.map((one) => one.genesis?.(bytes))).toEqual(alone.value.containers.map((one) => one.genesis?.(own.value)));
    expect(alone.value.containers.flatMap((one) => one.genesis?.(own.value) ?? []).length).toBeGreaterThan(0);
  });

  test('it promises what the weakest of them promises, and asks for what each needs', () => {
    const [poa, spos, bft] = modules as [ConsensusModule, ConsensusModule, ConsensusModule];
    expect(createEras({ modules: [bft] }).provides.finality).toBe('instant');
    expect(createEras({ modules: [bft, poa] }).provides.finality).toBe('depth');
    expect(createEras({ modules: [bft, { ...poa, provides: { finality: 'none', headers: 'needs-state' } }] }).provides).toEqual({ finality: 'none', headers: 'needs-state', producers: 'changing' });
    expect(createEras({ modules: [poa] }).provides.producers).toBe(undefined);
    expect([[spos, bft], [poa, bft]].map((all) => createEras({ modules: all as ConsensusModule[] }).provides.evidence)).toEqual([true, undefined]);
    expect(createEras({ modules: [poa] }).wire).toBe(undefined);
    expect(createEras({ modules: [poa, bft] }).wire?.messageBytesMax).toBe(1 + (bft.wire?.messageBytesMax ?? 0));
    expect(createEras({ modules: [poa, { ...spos, needs: { clock: true, compute: true, keySchemes: ['other'] } }] }).needs).toEqual({ clock: true, compute: true, keySchemes: ['ed25519', 'other'] });
  });

  test('it judges proofs of offences by the module of their era, and refuses those of no era', () => {
    const opened = eras.open(paramsOf(eraOf('poa', 3, 10), eraOf('bft', 4)), CHAIN);
    const codeOf = (proof: Uint8Array): string | undefined => {
      const verdict = opened.ok ? opened.value.verifyEvidence?.(proof) : undefined;
      return verdict?.ok === false ? verdict.code : undefined;
    };
    expect([new Uint8Array(0), Uint8Array.of(0, 1), Uint8Array.of(1, 1), Uint8Array.of(2)].map(codeOf)).toEqual(['ERAS_EVIDENCE', 'ERAS_EVIDENCE', 'BFT_EVIDENCE', 'ERAS_EVIDENCE']);
  });

  test('it hands proofs of offences to the module of their era', () => {
    const bytes = paramsOf(eraOf('poa', 3, 10), eraOf('bft', 4));
    const opened = eras.open(bytes, CHAIN);
    const bft = modules[2] as ConsensusModule;
    const own = bft.paramsFromJson(eraOf('bft', 4).params);
    const alone = own.ok ? bft.open(own.value, CHAIN) : own;
    if (!opened.ok || !alone.ok) throw new Error('the modules do not open');
    const operation = alone.value.evidenceOperation?.(Uint8Array.of(7, 8));
    expect(operation).toBeDefined();
    expect(opened.value.evidenceOperation?.(Uint8Array.of(1, 7, 8))).toEqual(operation);
    for (const proof of [Uint8Array.of(0, 7, 8), Uint8Array.of(9, 7), new Uint8Array()]) expect(opened.value.evidenceOperation?.(proof)).toBeUndefined();
  });

  test('it tells the numbers of each era', () => {
    const opened = eras.open(paramsOf(eraOf('poa', 3, 10), eraOf('bft', 4)), CHAIN);
    expect(opened.ok && opened.value.describe()).toMatchObject({ eras: 2, 'era0.lastHeight': 10, 'era0.authorities': 3, 'era1.quorum': 3 });
  });
});
