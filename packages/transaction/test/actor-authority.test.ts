import { describe, expect, test } from '@jest/globals';
import { type ActorRequest, type Container, containerPrefix, createRouter } from '@vsys/container';
import { createTransaction, type Operation, transactionToBytes } from '@vsys/data-format';
import { accept, concatBytes, equalBytes, refuse } from '@vsys/primitives';
import { checkEnvelope, type CheckedTransaction, createCoinContainer, executeBlock, type Execution } from '../src/index.ts';
import { ada, block, bo, note, rules, stateWith } from './support.ts';

/** Nobody's account: an identity. */
const guild = new Uint8Array(20).fill(9);
const agentKey = concatBytes(containerPrefix('guild'), guild);

/** One agent acts for the guild: whoever was named last, by a payload that is their account. */
function guildContainer(asked: ActorRequest[] = []): Container {
  return {
    name: 'guild', version: 1,
    check: () => accept(undefined),
    touches: () => [],
    actionOf: () => 'name',
    execute(payload, { state, gas }) {
      gas.charge(10n);
      state.set(agentKey, payload);
      return accept(new Uint8Array());
    },
    authority: {
      touches: () => [agentKey],
      mayAct(request) {
        asked.push(request);
        request.gas.charge(5n);
        const agent = request.state.get(agentKey);
        return agent !== undefined && request.signers.some((signer) => equalBytes(signer, agent)) ? accept(undefined) : refuse('GUILD_NOT_AGENT', 'no agent of the guild signed');
      },
    },
  };
}

const [, notes] = rules.router.containers;
const withGuild = (asked?: ActorRequest[]): typeof rules => ({ ...rules, router: createRouter([createCoinContainer(), notes as Container, guildContainer(asked)]) });
const name = (agent: Uint8Array, actor?: Uint8Array): Operation => ({ container: 'guild', payload: agent, ...(actor === undefined ? {} : { actor }) });

function signed(by: typeof ada, sequence: bigint, operations: readonly Operation[], of = withGuild()): CheckedTransaction {
  const checked = checkEnvelope(of, transactionToBytes(createTransaction({ chainId: rules.chainId, payer: by.account, lane: 0, sequence, validUntil: 100, feeMax: 1_000_000n, gasMax: 1_000n, operations }, [by])));
  if (!checked.ok) throw new RangeError(`${checked.code} ${checked.message}`);
  return checked.value;
}

async function run(transactions: readonly CheckedTransaction[], asked?: ActorRequest[]): Promise<Execution['receipts']> {
  const made = await executeBlock(withGuild(asked), await stateWith([[ada, 100_000n], [bo, 100_000n]]), block, transactions, { skip: false });
  if (!made.ok) throw new RangeError(made.message);
  return made.value.receipts;
}

describe('an actor who did not sign', () => {
  test('is refused before any block where nobody decides', () => {
    expect(() => signed(ada, 0n, [note(1, 2), { ...note(1), actor: guild }], rules)).toThrow('TX_NOT_AUTHORIZED');
    expect(() => signed(ada, 0n, [{ ...note(1), actor: guild }])).not.toThrow();
  });

  test('acts through those who may at that moment: from the next operation on it is another', async () => {
    const receipts = await run([
      signed(ada, 0n, [name(ada.account)]),
      signed(bo, 0n, [{ ...note(1, 2), actor: guild }]),
      signed(ada, 1n, [{ ...note(1, 2), actor: guild }, name(bo.account, guild), { ...note(1), actor: guild }]),
      signed(ada, 2n, [{ ...note(1, 3), actor: guild }, name(bo.account, guild)]),
      signed(ada, 3n, [{ ...note(1), actor: guild }]),
      signed(bo, 1n, [{ ...note(1), actor: guild }]),
    ]);
    expect(receipts.map(({ code }) => code)).toEqual(['', 'GUILD_NOT_AGENT', 'GUILD_NOT_AGENT', '', 'GUILD_NOT_AGENT', '']);
  });

  test('is told apart by container and action, and what the answer costs is paid', async () => {
    const asked: ActorRequest[] = [];
    const [, acted] = await run([signed(ada, 0n, [name(ada.account)]), signed(ada, 1n, [{ ...note(1), actor: guild }, name(ada.account, guild)])], asked);
    // The note reads a key that it did not declare, so it begins twice.
    expect(asked.map(({ container, action }) => `${container} ${action}`)).toEqual(['notes ', 'notes ', 'guild name']);
    expect(acted).toMatchObject({ code: '', gasUsed: 30n });
  });

  test('of whom nobody signed whose account it is: an actor that signed is never asked about', async () => {
    const asked: ActorRequest[] = [];
    await run([signed(ada, 0n, [{ ...note(1), actor: ada.account }])], asked);
    expect(asked).toEqual([]);
  });
});
