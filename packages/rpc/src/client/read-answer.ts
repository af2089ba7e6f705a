import { badAnswer, ClientError } from './client-error.ts';
import { type JsonObject, readCode, readObject } from './read-json.ts';

/** Characters of a text of the node that go into an error. */
const MESSAGE_CHARACTERS_MAX = 1_000;

/** The JSON of a message that must be one object. */
export function parseMessage(text: string): JsonObject {
  try {
    return readObject(JSON.parse(text), 'it');
  } catch (cause) {
    throw cause instanceof ClientError ? cause : badAnswer('it is JSON');
  }
}

/**
 * The result in an answer of JSON-RPC 2.0.
 *
 * @throws ClientError CLIENT_BAD_ANSWER; or the code that the node refused with
 */
export function resultOf(answer: JsonObject, id: number): unknown {
  if (answer.jsonrpc !== '2.0') throw badAnswer('it has "jsonrpc":"2.0"');
  // What could not be read as a request, or was not let in, is refused without an id.
  if (answer.id !== id && !(answer.id === null && answer.error !== undefined)) throw badAnswer(`its id is ${id}, that of the request`);
  if (answer.error !== undefined) throw refusalOf(readObject(answer.error, 'error'));
  if (answer.result === undefined) throw badAnswer('it has a result or an error');
  return answer.result;
}

function refusalOf(error: JsonObject): ClientError {
  const { code, message, remedy, data } = readObject(error.data, 'error.data');
  const name = readCode(code, 'error.data.code');
  // What the client found out is told by the client only.
  if (name.startsWith('CLIENT_')) throw badAnswer('error.data.code is one of a node');
  return new ClientError(name, textOf(message) ?? 'the node refused the call', {
    ...(data === undefined ? {} : readObject(data, 'error.data.data')), ...(textOf(remedy) === undefined ? {} : { remedy: textOf(remedy) as string }),
  });
}

/** One line, whatever was sent: it may come to a terminal. */
function textOf(json: unknown): string | undefined {
  return typeof json === 'string' ? json.slice(0, MESSAGE_CHARACTERS_MAX).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ') : undefined;
}
