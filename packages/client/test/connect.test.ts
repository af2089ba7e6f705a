import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createSigner } from '@vsys/crypto';
import { chainSpecToJson } from '@vsys/data-format';
import { connect, Wallet } from '../src/index.ts';
import { ada, bob, failureOf, startChain, type TestChain } from './support.ts';

let node: TestChain;

beforeAll(async () => {
  node = await startChain();
});

afterAll(async () => {
  await node?.[Symbol.asyncDispose]();
});

describe('connect', () => {
  it('believes the chain that is named, and says where the belief comes from', async () => {
    using told = await connect(node.url);
    expect(told.trust).toBe('node');
    using named = await connect(node.url, { chainId: told.chainId });
    using given = await connect(node.url, { spec: chainSpecToJson(node.spec) });
    expect([named.trust, given.trust, given.chainId]).toEqual(['given', 'given', told.chainId]);
    expect(await named.balance(ada)).toBe(1_000_000_000_000n);
    expect(await failureOf(connect(node.url, { chainId: '00'.repeat(32) }))).toMatchObject({ code: 'CLIENT_WRONG_CHAIN' });
    expect(await failureOf(connect(node.url, { spec: { ...node.spec, name: 'another' } }).then((one) => one.follow()))).toMatchObject({ code: 'CLIENT_WRONG_CHAIN' });
    expect(await failureOf(connect(node.url, { chainId: 'ada' }))).toMatchObject({ code: 'CLIENT_TRUST' });
    expect(await failureOf(connect('http://127.0.0.1:1'))).toMatchObject({ code: 'CLIENT_UNREACHABLE' });
  });

  it('takes no main network on the word of a node, and no rules that it has not', async () => {
    await using main = await startChain({ network: 'main' });
    const refused = await failureOf(connect(main.url));
    expect(refused).toMatchObject({ code: 'CLIENT_TRUST' });
    using chain = await connect(main.url, { chainId: refused.data.chainId as string });
    expect(chain.trust).toBe('given');
    expect(await failureOf(connect(node.url, { spec: { ...node.spec, consensus: { ...node.spec.consensus, module: 'other@1' } } }))).toMatchObject({ code: 'CLIENT_MODULE' });
  });

  it('goes on from a checkpoint', async () => {
    using first = await connect(node.url);
    await first.follow();
    using second = await connect(node.url, { checkpoint: first.checkpoint() });
    expect(second.followed.tip).toEqual(first.followed.final);
  });
});

describe('a wallet', () => {
  it('of a test word is refused on a chain that is not for tests', async () => {
    await using own = await startChain({ network: 'private' });
    using chain = await connect(own.url);
    expect(await failureOf(chain.db('a').collection('b').ensure(ada))).toMatchObject({ code: 'CLIENT_TEST_WALLET' });
    expect(() => chain.db('a').collection('b').as(ada)).toThrow('everybody can make the key');
    expect(() => chain.withTransaction(ada, async () => 1)).toThrow('everybody can make the key');
  });

  it('is made from secrets of all schemes, with the accounts of the crypto package', async () => {
    for (const scheme of ['ed25519', 'secp256k1', 'vsys'] as const) {
      const seed = new Uint8Array(32).fill(8);
      expect(Wallet.fromSeed(seed, scheme).account).toEqual(createSigner(scheme, seed).account);
    }
    expect(Wallet.fromVsysSeed('some words', 1).address).not.toBe(Wallet.fromVsysSeed('some words').address);
    const { wallet, seed } = Wallet.generate();
    expect(Wallet.fromSeed(seed).address).toBe(wallet.address);
    expect(() => Wallet.fromSeed(new Uint8Array(31))).toThrow('32 bytes');
    expect(await failureOf(Wallet.browser())).toMatchObject({ code: 'CLIENT_KEYSTORE' });
  });

  it('of each scheme pays, and is paid', async () => {
    using chain = await connect(node.url);
    for (const scheme of ['ed25519', 'secp256k1', 'vsys'] as const) {
      const wallet = Wallet.fromSeed(new Uint8Array(32).fill(9), scheme);
      await chain.transfer(bob, wallet.address, 5_000_000n);
      const { feePaid } = await chain.transfer(wallet, bob.account, 1n);
      expect(await chain.balance(wallet)).toBe(5_000_000n - 1n - feePaid);
    }
    expect(() => chain.db({ owner: 'ada', name: 'x' })).toThrow('is no account');
  });
});

describe('a write', () => {
  let broken: Server;
  /** Calls of which the node hears and the client does not. */
  let unheard = 0;

  beforeAll(async () => {
    broken = createServer((request, response) => {
      void text(request).then(async (body) => {
        const answer = await fetch(node.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
        if (body.includes('"tx_submit"') && unheard > 0) {
          unheard--;
          response.destroy();
        } else response.end(await answer.text());
      });
    });
    await new Promise<void>((resolve) => void broken.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    broken?.closeAllConnections();
    broken?.close();
  });

  it('whose answer is lost is sent again, and happens once', async () => {
    using chain = await connect(node.url);
    const counter = await chain.db('once').collection<{ _id: string; n: number }>('one').ensure(bob);
    await counter.as(bob).insertOne({ _id: 'n', n: 0 });
    using cut = await connect(`http://127.0.0.1:${(broken.address() as AddressInfo).port}`);
    unheard = 2;
    // Its events come by the same way, which has none: pooled is what can be awaited here.
    await cut.db({ owner: bob.address, name: 'once' }).collection<{ _id: string; n: number }>('one').as(bob).updateOne({ _id: 'n' }, { $inc: { n: 1 } }).pooled();
    expect(unheard).toBe(0);
    // In the same lane, so behind it.
    await counter.as(bob).updateOne({ _id: 'n' }, { $inc: { n: 10 } });
    expect(await counter.findOne({ _id: 'n' })).toEqual({ _id: 'n', n: 11 });
  });
});
