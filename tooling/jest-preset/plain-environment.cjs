// Jest's environment for Node, with a plain global object. Jest's own makes one of a proxy, so that each use of `Uint8Array` or `Map` in a test or a source goes
// through an interceptor, which the engine can never take out: what computes takes twice as long.
const { createRequire } = require('node:module');
const vm = require('node:vm');

// Resolved by way of jest, so that no package needs it among its own dependencies.
const { TestEnvironment } = ['jest-cli', 'jest-config', 'jest-environment-node'].reduce((from, name) => {
  const path = from.resolve(name);
  return name === 'jest-environment-node' ? from(name) : createRequire(path);
}, createRequire(require.resolve('jest')));

module.exports = class PlainEnvironment extends TestEnvironment {
  constructor(config, context) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(config, context);
    } finally {
      vm.createContext = createContext;
    }
  }
};
