// The jest transform of the preset, on sources that carry the changes of one mutant.
const { createHash } = require('node:crypto');
const { mutateSource, MUTANT_VARIABLE } = require('./src/mutant.ts');
const swc = require('../jest-preset/swc-transform.cjs');

const changes = JSON.parse(process.env[MUTANT_VARIABLE] ?? '[]');

module.exports = {
  canInstrument: false,
  process: (source, path, options) => swc.process(mutateSource(changes, path, source), path, options),
  processAsync: (source, path, options) => swc.processAsync(mutateSource(changes, path, source), path, options),
  // Jest keeps what it transformed: each mutant has its own.
  getCacheKey: (source, path, options) => createHash('sha256').update(swc.getCacheKey(source, path, options)).update(mutateSource(changes, path, source)).digest('hex'),
};
