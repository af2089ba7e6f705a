import { describe, expect, test } from '@jest/globals';
import { bftExtToBytes, bftParamsToBytes, bftSealToBytes, createBftRules, PRECOMMIT, voteMessage } from '@vsys/consensus-bft';
import { sealMessage } from '@vsys/consensus';
import { authoritiesRoot, createHeaderChain } from '@vsys/consensus/rules';
import { headerFromBytes, headerToBytes } from '@vsys/data-format';
import type { Header, SealedHeader } from '@vsys/data-format';
import { blockId, genesisAt, paramsOf, publicKeyOf, signerOf, specOf, verifySignature } from './support.ts';

const ZERO = new Uint8Array(32);
const START_MS = 1_700_000_000_000;
const params = paramsOf(4);
const rules = createBftRules(params, ZERO, verifySignature);
const sign = signerOf(6);
const genesis = genesisAt(START_MS);
const follow = () => createHeaderChain({ rules, spec: specOf('bft@1', bftParamsToBytes(params), START_MS), genesis });

/** By the first three of these validators; `next` are those who decide from the next height on, where they change. */
function certified(parent: Header, validators = params.validators, next?: typeof params.validators): SealedHeader {
  const roots = { seatSetRoot: parent.nextSeatSetRoot, nextSeatSetRoot: next === undefined ? parent.nextSeatSetRoot : authoritiesRoot(next) };
  const header: Header = { ...genesis, ...roots, height: parent.height + 1, parent: blockId(parent), timeMs: parent.timeMs + 1_000, ext: bftExtToBytes(0, next) };
  const id = blockId(header);
  const precommits = [0, 1, 2].map((seat) => ({ seat, signature: sign({ scheme: 'ed25519', bytes: validators[seat]?.key as Uint8Array }, voteMessage(ZERO, { step: PRECOMMIT, height: header.height, round: 0, id })) }));
  return { header, seal: bftSealToBytes({ kind: 'certificate', round: 0, precommits }) };
}

const headers: SealedHeader[] = [];
for (let parent = genesis; headers.length < 60; parent = (headers.at(-1) as SealedHeader).header) headers.push(certified(parent));
const top = headers[49] as SealedHeader;
const at = (height: number) => Promise.resolve(headers[height - 1]);

describe('a light client of bft@1', () => {
  test('goes to a certified header at once, and on from there as if it had followed', async () => {
    const [jumper, walker] = [follow(), follow()];
    const jump = await rules.prove?.(0, 50, at);
    if (jump === undefined) throw new Error('no jump');
    expect(jumper.jump(jump)).toMatchObject({ ok: true, value: { height: 50 } });
    walker.extend(headers.slice(0, 50));
    expect([jumper.tip, jumper.final].map(({ id, rank }) => [id, rank])).toEqual([walker.tip, walker.final].map(({ id, rank }) => [id, rank]));
    expect(rules.encode(jumper.tip.context)).toEqual(rules.encode(walker.tip.context));
    expect(jumper.extend(headers.slice(50)).ok).toBe(true);
    expect(jumper.final.height).toBe(60);
  });

  test('takes no header of which a byte was changed, in header or certificate', () => {
    const change = (bytes: Uint8Array, position: number): Uint8Array => bytes.with(position, (bytes[position] as number) ^ 1);
    const bytes = headerToBytes(top.header);
    for (let position = 0; position < bytes.length; position++) {
      const header = headerFromBytes(change(bytes, position));
      if (header.ok) expect([position, follow().jump({ header: header.value, certificate: top.seal }).ok]).toEqual([position, false]);
    }
    for (let position = 0; position < top.seal.length; position++) expect([position, follow().jump({ header: top.header, certificate: change(top.seal, position) }).ok]).toEqual([position, false]);
  });

  test('takes no proposal, nothing of another height or chain, and nothing below final', () => {
    const proposal = bftSealToBytes({ kind: 'proposal', signature: sign(publicKeyOf(2), sealMessage(blockId(top.header))) });
    expect(follow().jump({ header: top.header, certificate: proposal })).toMatchObject({ ok: false });
    expect(follow().jump({ header: { ...top.header, chainId: new Uint8Array(32).fill(1) }, certificate: top.seal })).toMatchObject({ ok: false, code: 'HEADER_CHAIN' });
    expect(follow().jump({ header: { ...top.header, version: 2 }, certificate: top.seal })).toMatchObject({ ok: false, code: 'HEADER_VERSION' });
    const chain = follow();
    chain.jump({ header: top.header, certificate: top.seal });
    const lower = headers[9] as SealedHeader;
    expect(chain.jump({ header: lower.header, certificate: lower.seal })).toMatchObject({ ok: false, code: 'HEADER_JUMP' });
    expect(chain.tip.height).toBe(50);
  });

  test('goes over changes of the validators by the headers that name them, and not past them', async () => {
    const second = [...params.validators.slice(1), { account: new Uint8Array(20).fill(9), key: publicKeyOf(4).bytes }];
    const third = [...second.slice(1), { account: new Uint8Array(20).fill(10), key: publicKeyOf(5).bytes }];
    const changing: SealedHeader[] = [];
    for (let parent = genesis; changing.length < 90; parent = (changing.at(-1) as SealedHeader).header) {
      const height = changing.length + 1;
      changing.push(height <= 30 ? certified(parent, params.validators, height === 30 ? second : undefined) : certified(parent, height <= 60 ? second : third, height === 60 ? third : undefined));
    }
    const [jumper, walker] = [follow(), follow()];
    const last = changing.at(-1) as SealedHeader;
    expect(jumper.jump({ header: last.header, certificate: last.seal })).toMatchObject({ ok: false, code: 'BFT_CERTIFICATE' });
    const way: number[] = [];
    for (let from = 0; from < 90; from = jumper.final.height) {
      const jump = await rules.prove?.(from, 90, (height) => Promise.resolve(changing[height - 1]));
      if (jump === undefined || !jumper.jump(jump).ok) break;
      way.push(jump.header.height);
    }
    expect(way).toEqual([30, 60, 90]);
    walker.extend(changing);
    expect(rules.encode(jumper.tip.context)).toEqual(rules.encode(walker.tip.context));
    expect(await rules.prove?.(85, 90, (height) => Promise.resolve(changing[height - 1]))).toBeUndefined();
  });
});
