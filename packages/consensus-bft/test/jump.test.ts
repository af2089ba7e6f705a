import { describe, expect, test } from '@jest/globals';
import { bftExtToBytes, bftParamsToBytes, bftSealToBytes, createBftRules, PRECOMMIT, voteMessage } from '@vsys/consensus-bft';
import { sealMessage } from '@vsys/consensus';
import { createHeaderChain } from '@vsys/consensus/rules';
import { headerFromBytes, headerToBytes } from '@vsys/data-format';
import type { Header, SealedHeader } from '@vsys/data-format';
import { blockId, genesisAt, paramsOf, publicKeyOf, signerOf, specOf, verifySignature } from './support.ts';

const ZERO = new Uint8Array(32);
const START_MS = 1_700_000_000_000;
const params = paramsOf(4);
const rules = createBftRules(params, ZERO, verifySignature);
const sign = signerOf(4);
const genesis = genesisAt(START_MS);
const follow = () => createHeaderChain({ rules, spec: specOf('bft@1', bftParamsToBytes(params), START_MS), genesis });

function certified(parent: Header): SealedHeader {
  const header: Header = { ...genesis, height: parent.height + 1, parent: blockId(parent), timeMs: parent.timeMs + 1_000, ext: bftExtToBytes(0) };
  const id = blockId(header);
  const precommits = [0, 1, 2].map((seat) => ({ seat, signature: sign(publicKeyOf(seat), voteMessage(ZERO, { step: PRECOMMIT, height: header.height, round: 0, id })) }));
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
});
