// Resolved from the root, so that no package needs swc among its own dependencies.
const swc = require('@swc/jest');
module.exports = swc.createTransformer({
  jsc: { parser: { syntax: 'typescript' }, target: 'es2023', keepClassNames: true },
  module: { type: 'es6' },
  sourceMaps: 'inline',
});
