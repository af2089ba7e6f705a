import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { fromHex, refuse, toHex } from '@vsys/primitives';
import { checkVectors, type VectorFile, type VectorOutcome } from '@vsys/primitives/vectors';
import { answerFromBytes, answerToBytes, type FrameKind, frameHeadFromBytes, frameHeadToBytes, helloFromBytes, helloToBytes } from '../src/wire.ts';

const file = JSON.parse(readFileSync(new URL('../vectors/frames.json', import.meta.url), 'utf8')) as VectorFile;
const malformed: VectorOutcome = { ok: false, code: 'P2P_MALFORMED' };

test('reads every frame of the vectors as they say, and refuses the malformed ones', async () => {
  expect(await checkVectors(file, ({ kind, bytes: hex }) => {
    const bytes = fromHex(hex as string);
    if (kind === 'head') {
      const head = frameHeadFromBytes(bytes);
      return head === undefined ? malformed : { ok: true, output: { frame: head.kind, chainId: toHex(head.chainId), name: head.name } };
    }
    if (kind === 'hello') {
      const hello = helloFromBytes(bytes);
      return hello === undefined ? malformed : { ok: true, output: { height: hello.head.height, blockId: toHex(hello.head.blockId), versions: hello.versions } };
    }
    const answer = answerFromBytes(bytes);
    if (answer === undefined) return malformed;
    if (answer.ok) return { ok: true, output: { result: toHex(answer.value) } };
    const { remoteCode, remoteMessage } = answer.data as { remoteCode?: string; remoteMessage: string };
    return { ok: true, output: { code: answer.code, ...(remoteCode === undefined ? {} : { remoteCode }), message: remoteMessage } };
  })).toEqual([]);
});

test.each(file.valid.map(({ name, input, output }) => [name, input, output] as const))('writes the same bytes: %s', (_, { kind, bytes }, output) => {
  expect(toHex(written(kind as string, output))).toBe(bytes);
});

function written(kind: string, output: Readonly<Record<string, unknown>>): Uint8Array {
  if (kind === 'head') return frameHeadToBytes({ kind: output['frame'] as FrameKind, chainId: fromHex(output['chainId'] as string), name: output['name'] as string });
  if (kind === 'hello') return helloToBytes({ versions: output['versions'] as Record<string, string>, head: { height: output['height'] as number, blockId: fromHex(output['blockId'] as string) } });
  if (output['result'] !== undefined) return answerToBytes({ ok: true, value: fromHex(output['result'] as string) }, 'rule');
  const remote = output['remoteCode'] as string | undefined;
  return answerToBytes(refuse(remote ?? (output['code'] as string), output['message'] as string), remote === undefined ? 'host' : 'rule');
}
