import { describe, expect, test } from '@jest/globals';
import { createSeededRandom } from '@vsys/primitives';
import { FFG_CERTIFICATES_MAX, FFG_VOTES_PER_VOTER_MAX, ffgMemoryFromBytes, ffgMessages, ffgNotesFromBytes, ffgRules, verifyFfgEvidence } from '@vsys/finality-ffg';
import type { FfgNote } from '@vsys/finality-ffg';
import { CHAIN, certified, keyOf, range, refOf, setOf, targetAt, verifySignature, voteOf } from './support.ts';
import { Peer, ROOT, talk } from './net.ts';
import type { Block } from './net.ts';

const SET = setOf(...range(0, 4));
const root = ROOT(SET);
const net = (nodes = 4): readonly Peer[] => range(0, nodes).map((seed) => new Peer(root, [seed]));
/** Grows a chain that every peer takes and talks over. */
const grow = (peers: readonly Peer[], parent: Block, blocks: number, name = 'm'): Block => {
  let at = parent;
  for (let i = 0; i < blocks; i++) {
    at = (peers[0] as Peer).build(at, name);
    for (const peer of peers) peer.add(at);
    talk(peers);
  }
  return at;
};
const message = (...notes: readonly FfgNote[]): Uint8Array => ffgMessages(notes)[0] as Uint8Array;
const votesIn = (peer: Peer) => peer.sent.flatMap(({ bytes }) => ffgNotesFromBytes(bytes) ?? []).filter(({ kind }) => kind === 'vote');

describe('four voters', () => {
  test('make each block final with its child', () => {
    const peers = net();
    grow(peers, root, 5);
    for (const { tree } of peers) expect([tree.head.height, tree.justified.height, tree.final.height]).toEqual([5, 5, 4]);
  });

  test('do so with one away, and not with two, and catch up when it is back', () => {
    const three = net().slice(0, 3);
    expect(grow(three, root, 3).ref.height - (three[0] as Peer).tree.final.height).toBe(1);
    const peers = net();
    let at = grow(peers.slice(0, 2), root, 6);
    expect((peers[0] as Peer).tree.final.height).toBe(0);
    const blocks: Block[] = [];
    for (let block = at; block !== root; block = blockOf(peers[0] as Peer, block.parent)) blocks.unshift(block);
    for (const block of blocks) (peers[2] as Peer).add(block);
    talk(peers.slice(0, 3));
    at = grow(peers.slice(0, 3), at, 1);
    expect((peers[2] as Peer).tree.final.height).toBeGreaterThanOrEqual(at.ref.height - 1);
  });

  test('a node without keys follows what they make final', () => {
    const peers = [...net(), new Peer(root, [])];
    grow(peers, root, 4);
    expect((peers[4] as Peer).tree.final.height).toBe(3);
  });

  test('votes that come before their block count when it is there', () => {
    const peers = net();
    const late = peers[3] as Peer;
    const block = (peers[0] as Peer).build(root, 'm');
    for (const peer of peers.slice(0, 3)) peer.add(block);
    talk(peers);
    expect(late.tree.justified.height).toBe(0);
    expect(late.behind).toEqual([1]);
    late.add(block);
    expect(late.tree.justified.height).toBe(1);
  });

  test('a block whose header alone is there is not voted for', () => {
    const [peer] = net() as [Peer];
    const block = peer.build(root, 'm');
    peer.add(block, 1, false);
    expect(votesIn(peer)).toEqual([]);
    peer.execute(block);
    expect(votesIn(peer)).toHaveLength(1);
  });

  test('a branch that others justified becomes the head, though this node voted for another', () => {
    const peers = net();
    const [a, b] = [(peers[0] as Peer).build(root, 'a'), (peers[0] as Peer).build(root, 'b')];
    const odd = peers[3] as Peer;
    odd.add(a);
    for (const peer of peers.slice(0, 3)) peer.add(b);
    talk(peers);
    odd.add(b);
    expect(odd.tree.head.id).toEqual(b.ref.id);
    expect(odd.state.memory).toEqual({ source: 0, target: 1 });
    grow(peers, b, 2);
    expect(odd.tree.final.height).toBe(2);
  });

  test('a change of the set goes through, and the new set goes on alone', () => {
    const next = setOf(2, 3, 4, 5);
    const peers = range(0, 6).map((seed) => new Peer(root, [seed]));
    let at = grow(peers, root, 3);
    at = (peers[0] as Peer).build(at, 'change', next);
    for (const peer of peers) peer.add(at);
    talk(peers);
    at = grow(peers, at, 3);
    const rest = peers.slice(2);
    at = grow(rest.slice(0, 3), at, 4);
    expect(at.context.voters.sets).toEqual([next]);
    expect((rest[0] as Peer).tree.final.height).toBe(at.ref.height - 1);
  });
});

/** Of the tree of a peer. */
function blockOf(peer: Peer, id: Uint8Array): Block {
  const node = peer.view.get(id);
  if (node === undefined || node.height === 0) return root;
  return { ref: { height: node.height, id: node.id }, parent: node.parent, context: node.context };
}

describe('memory', () => {
  test('is durable before anything is signed, and a restart votes for no second block of a height', () => {
    const peer = new Peer(root, [0]);
    const a = peer.build(root, 'a');
    peer.add(a);
    expect(peer.order).toEqual(['persist', 'sign']);
    expect(ffgMemoryFromBytes(peer.saved as Uint8Array)).toEqual({ source: 0, target: 1 });
    const again = new Peer(root, [0], { saved: peer.saved as Uint8Array });
    const b = again.build(root, 'b');
    again.add(b);
    expect(again.order).toEqual([]);
    again.add(again.build(b, 'c'));
    expect(again.order).toEqual(['persist', 'sign']);
  });

  test('a node without memory in an old chain waits', () => {
    const peer = new Peer(root, [0], { nowMs: 5_000 });
    const a = peer.build(root, 'a');
    peer.add(a, 5_001);
    expect(peer.order).toEqual([]);
    peer.add(peer.build(a, 'b'), 6_000);
    expect(peer.order).toEqual(['persist', 'sign']);
  });

  test('the engine’s own record can be made of it at any time', () => {
    const peer = new Peer(root, [0]);
    peer.add(peer.build(root, 'a'));
    expect(peer.gadget.memoryBytes(peer.state)).toEqual(peer.saved);
  });
});

describe('what comes from peers', () => {
  const ready = () => {
    const peer = new Peer(root, []);
    const block = peer.build(root, 'm');
    peer.add(block);
    return { peer, target: targetAt(block.context), block };
  };

  test('a new vote is passed on, once', () => {
    const { peer, target } = ready();
    const bytes = message({ kind: 'vote', vote: voteOf(target, keyOf(1)) });
    expect([peer.hear(bytes), peer.hear(bytes)]).toEqual(['accept', 'ignore']);
  });

  test('what is no message, of no seat, or signed by another is rejected', () => {
    const { peer, target, block } = ready();
    const vote = voteOf(target, keyOf(1));
    const certificate = certified(block.context);
    for (const bytes of [
      new Uint8Array(), new Uint8Array(65_537), message({ kind: 'vote', vote }).slice(1), message({ kind: 'vote', vote: { ...vote, seat: 4 } }), message({ kind: 'vote', vote: { ...vote, seat: 2 } }),
      message({ kind: 'certificate', certificate: { ...certificate, signers: certificate.signers.slice(1) } }),
    ]) expect(peer.hear(bytes)).toBe('reject');
    expect(peer.state.tally.size).toBe(0);
  });

  test('what is final, far ahead, of unknown voters, or on another link than the block’s is ignored', () => {
    const { peer, target } = ready();
    for (const vote of [
      voteOf({ ...target, ref: refOf(66, 'far') }, keyOf(1)),
      voteOf({ ...target, ref: refOf(2, 'x'), voters: { ...target.voters, id: new Uint8Array(32) } }, keyOf(1)),
      { ...voteOf(target, keyOf(1)), setId: new Uint8Array(32) },
    ]) expect(peer.hear(message({ kind: 'vote', vote }))).toBe('ignore');
    expect(peer.state.tally.size).toBe(0);
  });

  test('a vote for another block of the height, or one that spans an earlier one, is told as evidence once', () => {
    for (const bad of [{ ref: refOf(7, 'other'), source: refOf(3, 's') }, { ref: refOf(9, 'other'), source: refOf(2, 's') }]) {
      const { peer, target } = ready();
      peer.hear(message({ kind: 'vote', vote: voteOf({ ...target, ref: refOf(7, 'x'), source: refOf(3, 's') }, keyOf(1)) }));
      expect(peer.hear(message({ kind: 'vote', vote: voteOf({ ...target, ...bad }, keyOf(1)) }))).toBe('accept');
      peer.hear(message({ kind: 'vote', vote: voteOf({ ...target, ...bad, source: refOf(1, 's') }, keyOf(1)) }));
      expect(peer.evidence).toHaveLength(1);
      expect(verifyFfgEvidence(CHAIN, verifySignature, peer.evidence[0] as Uint8Array)).toMatchObject({ ok: true, value: { key: keyOf(1) } });
    }
  });

  test('a voter that signs everything fills its own room and nobody else’s', () => {
    const { peer, target } = ready();
    for (let i = 0; i < 200; i++) peer.hear(message({ kind: 'vote', vote: voteOf({ ...target, ref: refOf(1 + (i % 60), `${i}`) }, keyOf(1)) }));
    expect([...peer.state.tally.values()].map((votes) => votes.length)).toEqual([FFG_VOTES_PER_VOTER_MAX]);
    expect(peer.hear(message({ kind: 'vote', vote: voteOf(target, keyOf(2)) }))).toBe('accept');
  });

  test('certificates that are kept have a limit, and those for the highest targets stay', () => {
    const peer = new Peer(root, []);
    let at = root;
    const all: Block[] = [];
    for (let i = 0; i < FFG_CERTIFICATES_MAX + 6; i++) {
      const next: Block = { ref: refOf(at.ref.height + 1, 'c'), parent: at.ref.id, context: { ...at.context, recent: [{ ref: refOf(at.ref.height + 1, 'c'), source: root.ref, voters: root.context.voters }] } };
      peer.add(next);
      all.push(next);
      at = next;
    }
    for (const block of all.slice(1)) peer.hear(message({ kind: 'certificate', certificate: certified(block.context) }));
    expect(peer.state.certificates.size).toBe(FFG_CERTIFICATES_MAX);
    expect(peer.tree.justified.height).toBe(FFG_CERTIFICATES_MAX + 6);
  });

  test('whatever bytes come, the answer is a verdict', () => {
    const random = createSeededRandom(11);
    const { peer, target, block } = ready();
    const good = message({ kind: 'certificate', certificate: certified(block.context) }, { kind: 'vote', vote: voteOf(target, keyOf(0)) }, { kind: 'ask', justified: 0, atMs: 1 });
    for (let i = 0; i < 2_000; i++) {
      const bytes = good.slice(0, 1 + random.below(good.length));
      for (let k = 0; k < 3; k++) bytes[random.below(bytes.length)] = random.below(256);
      expect(['accept', 'ignore', 'reject']).toContain(peer.hear(bytes));
    }
  });
});

describe('what was lost', () => {
  test('is asked for, and comes again', () => {
    const peers = net();
    let at = root;
    // Everything that is sent is lost, so nobody hears of anybody's vote.
    for (let i = 0; i < 5; i++) {
      at = (peers[0] as Peer).build(at, 'm');
      for (const peer of peers) peer.add(at);
      if (i < 4) for (const peer of peers) peer.sent.splice(0);
    }
    talk(peers);
    // The last head asked; the answers bring the votes of all that came before.
    for (const { tree } of peers) expect(tree.justified.height).toBe(5);
    for (const { state } of peers) expect([...state.certificates.values()].map(({ target }) => target.height).toSorted()).toEqual([1, 2, 3, 4, 5]);
  });

  test('a peer that joins is told certificates and votes', () => {
    const peers = net().slice(0, 3);
    const at = grow(peers, root, 1);
    const late = new Peer(root, [3]);
    late.add(at);
    late.sent.splice(0);
    (peers[0] as Peer).input({ kind: 'catchUp', from: 'late' as never, have: 1, nowMs: 9 });
    for (const { to, bytes } of (peers[0] as Peer).sent) if (to === 'late') late.hear(bytes);
    expect(late.tree.justified.height).toBe(1);
  });

  test('a peer is answered twice a second, not more', () => {
    const [peer] = net() as [Peer];
    peer.add(peer.build(root, 'm'));
    peer.sent.splice(0);
    for (const nowMs of [100, 200, 599, 601, 700]) peer.hear(message({ kind: 'ask', justified: 0, atMs: nowMs }), 'one', nowMs);
    expect(peer.sent).toHaveLength(2);
    peer.hear(message({ kind: 'ask', justified: 0, atMs: 1 }), 'two', 700);
    expect(peer.sent).toHaveLength(3);
  });

  test('with a third of all messages lost, blocks still become final', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const random = createSeededRandom(seed);
      const peers = net();
      let at = root;
      for (let i = 0; i < 25; i++) {
        at = (peers[i % 4] as Peer).build(at, `${seed}`);
        for (const peer of peers) peer.add(at, 600 * i);
        talk(peers, () => random.below(3) === 0);
      }
      for (const { tree } of peers) expect([seed, tree.final.height > 10]).toEqual([seed, true]);
    }
  });
});

test('a gadget without the rule of direct children makes final what is not', () => {
  const peers = range(0, 4).map((seed) => new Peer(root, [seed], { rules: { ...ffgRules, finalises: () => true } }));
  const a = (peers[0] as Peer).build(root, 'a');
  for (const peer of peers) peer.add(a);
  const [first] = peers as [Peer];
  for (const peer of peers) peer.sent.splice(0);
  const b = first.build(a, 'b');
  for (const peer of peers) peer.add(b);
  talk(peers);
  const c = first.build(b, 'c');
  for (const peer of peers) peer.add(c);
  for (const peer of peers) peer.sent.splice(0);
  const d = first.build(c, 'd');
  for (const peer of peers) peer.add(d);
  talk(peers);
  expect(first.tree.final.height).toBe(2);
});
