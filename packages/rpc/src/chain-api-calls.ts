import { accept, equalBytes, refuse, toHex, type Verdict } from '@vsys/primitives';
import type { Chain } from '@vsys/consensus';
import { blockId, chainSpecToBytes, headerToBytes, sealedHeaderToBytes } from '@vsys/data-format';
import { balanceKey, numberFromRecord, sequenceKey } from '@vsys/transaction';
import { blockRefToJson, bytesToJson, headToJson, refusalToJson, statusToJson } from './chain-json.ts';
import { databaseCalls } from './chain-api-database.ts';
import { stateAt } from './chain-api-state.ts';
import type { NodeStatus, RpcMethod, RpcResult } from './contract.ts';
import type { CallParams } from './methods.ts';
import { openRpcDocument } from './open-rpc.ts';

/** Every call that is answered once. */
export type ChainCalls = { readonly [M in Exclude<RpcMethod, 'subscribe' | 'unsubscribe'>]: (params: CallParams[M]) => Promise<Verdict<RpcResult<M>>> };

export function chainCalls(chain: Chain, nodeStatus: () => NodeStatus): ChainCalls {
  const { spec } = chain;
  return {
    chain_info: async () => accept({
      chainId: toHex(chain.chainId), name: spec.name, module: spec.consensus.module,
      genesis: blockRefToJson(chain.genesis), head: headToJson(chain.head), safe: blockRefToJson(chain.safe), final: blockRefToJson(chain.final),
    }),
    chain_spec: async () => accept({ spec: bytesToJson(chainSpecToBytes(spec)), genesis: bytesToJson(headerToBytes(chain.genesis.header)) }),
    chain_headers: async ({ locator, max }) => accept({ headers: (await chain.headersAfter(locator, max)).map((sealed) => bytesToJson(sealedHeaderToBytes(sealed))) }),
    async chain_jump({ from, to }) {
      const jump = await chain.jump(from, to);
      return accept(jump === undefined ? {} : { header: bytesToJson(headerToBytes(jump.header)), certificate: bytesToJson(jump.certificate) });
    },
    chain_block: (params) => readBlock(chain, params),
    tx_submit: async ({ transactions }) => accept({
      results: (await chain.submit(transactions)).map((verdict) => (verdict.ok ? { id: toHex(verdict.value.id), status: verdict.value.status } : { error: refusalToJson(verdict) })),
    }),
    tx_status: async ({ id }) => accept(statusToJson(await chain.status(id))),
    async account_get({ account, lane = 0, at }) {
      const found = await stateAt(chain, at);
      if (!found.ok) return found;
      const [balance, sequence] = (await found.value.view.getMany([balanceKey(account), sequenceKey(account, lane)])).map(numberFromRecord);
      return accept({ block: blockRefToJson(found.value.at), balance: String(balance), sequence: String(sequence) });
    },
    async state_prove({ keys, at }) {
      const found = await stateAt(chain, at);
      return found.ok ? accept({ block: blockRefToJson(found.value.at), proof: bytesToJson(await found.value.view.proveKeys(keys)) }) : found;
    },
    async state_diff({ from, to, since, limit, at }) {
      const [found, earlier] = [await stateAt(chain, at), await stateAt(chain, since)];
      if (!found.ok) return found;
      if (!earlier.ok) return earlier;
      const { proof, end } = await found.value.view.proveChanges(earlier.value.view, { from, ...(to === undefined ? {} : { to }) }, limit);
      return accept({
        block: blockRefToJson(found.value.at), since: blockRefToJson(earlier.value.at), before: bytesToJson(proof.before), after: bytesToJson(proof.after),
        ...(end === undefined ? {} : { end: toHex(end) }),
      });
    },
    ...databaseCalls(chain),
    node_status: async () => accept(nodeStatus()),
    rpc_discover: async () => accept(openRpcDocument()),
  };
}

async function readBlock(chain: Chain, { id: asked, height }: CallParams['chain_block']): Promise<Verdict<RpcResult<'chain_block'>>> {
  if ((asked === undefined) === (height === undefined)) return refuse('RPC_PARAMS', 'give either "id" or "height"');
  const sealed = height === undefined || height > chain.head.height ? undefined : await chain.at(height);
  const id = asked ?? (sealed === undefined ? undefined : blockId(sealed.header));
  if (id === undefined) return refuse('RPC_NOT_FOUND', `the head is at height ${chain.head.height}`);
  // Genesis was never a record of the log: it has no body and no seal.
  const { genesis } = chain;
  const block = equalBytes(id, genesis.id) ? { header: genesis.header, transactions: [] } : await chain.blockById(id);
  if (block === undefined) return refuse('RPC_NOT_FOUND', 'there is no block with this id here');
  const { header, transactions } = block;
  return accept({
    block: { height: header.height, id: toHex(id) }, final: header.height <= chain.final.height && await isCanonical(chain, header.height, id),
    header: bytesToJson(headerToBytes(header)), transactions: transactions.map(bytesToJson),
  });
}

async function isCanonical(chain: Chain, height: number, id: Uint8Array): Promise<boolean> {
  const sealed = await chain.at(height);
  return sealed !== undefined && equalBytes(blockId(sealed.header), id);
}
