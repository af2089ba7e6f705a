/** What the page of the bench runs: answers checked again and again, with the code that a client has. */
import { fromHex } from '@vsys/primitives';
import { type AnswerJson, answerFromJson, type QueryJson, queryFromJson, verifyAnswer } from '@vsys/database-query/verify';

export interface ProvenAnswer {
  readonly root: string;
  readonly query: QueryJson;
  readonly answer: AnswerJson;
  readonly documents: number;
}

/** @returns µs for each check, over all answers */
export function verifyAnswers(answers: readonly ProvenAnswer[], rounds: number): number {
  const read = answers.map(({ root, query, answer, documents }) => {
    const [bytes, asked, given] = [fromHex(root), queryFromJson(query), answerFromJson(answer)];
    if (!asked.ok || !given.ok) throw new Error('an answer of the bench cannot be read');
    return { bytes, query: asked.value, answer: given.value, documents };
  });
  const check = (): void => {
    for (const { bytes, query, answer, documents } of read) {
      const shown = verifyAnswer(bytes, query, answer);
      if (!shown.ok || shown.value.documents.length !== documents) throw new Error('an answer of the bench does not verify');
    }
  };
  check();
  const startMs = performance.now();
  for (let round = 0; round < rounds; round++) check();
  return (1_000 * (performance.now() - startMs)) / (rounds * answers.length);
}

Object.assign(globalThis, { verifyAnswers });
