import { rpcLimits } from './contract.ts';
import { type Method, methods } from './methods.ts';
import type { Param } from './params.ts';
import { explainCode } from './remedies.ts';
import { schemas } from './schemas.ts';

const COMMON_ERRORS = ['RPC_PARAMS', 'RPC_LIMIT', 'RPC_BUSY', 'RPC_INTERNAL'];

/**
 * The calls in the form of OpenRPC 1.3.2, made of the table that the server reads parameters by.
 *
 * @see https://spec.open-rpc.org
 */
export function openRpcDocument(): Readonly<Record<string, unknown>> {
  return {
    openrpc: '1.3.2',
    info: {
      title: 'V node', version: '1.0.0',
      description: `Ids and hashes are lower-case hex, byte strings base64, amounts decimal strings, heights numbers. A batch holds ${rpcLimits.batchMax} calls, a request ${rpcLimits.requestBytesMax} bytes.`,
    },
    methods: Object.entries<Method<object>>(methods).map(([name, method]) => describe(name, method)),
    components: { schemas },
  };
}

function describe(name: string, { summary, params, result, errors, only }: Method<object>): Readonly<Record<string, unknown>> {
  const codes = [...errors, ...COMMON_ERRORS].map((code) => ({ code, remedy: explainCode(code)?.remedy }));
  return {
    name, summary, paramStructure: 'by-name',
    params: Object.entries<Param<unknown>>({ ...params }).map(([field, param]) => ({ name: field, required: !('optional' in param), schema: param.schema })),
    result: { name: 'result', schema: result },
    // One entry: numbers of errors must differ within a method, and what tells refusals apart here is data.code.
    errors: [{ code: -32_000, message: 'refused; data.code tells why', data: { codes } }],
    ...(only === undefined ? {} : { tags: [{ name: only }] }),
  };
}
