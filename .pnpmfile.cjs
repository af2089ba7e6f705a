// What leaves in a tarball is for who installs it: no condition that leads to sources which are not in there, no scripts of this workspace.
module.exports = {
  hooks: {
    beforePacking({ scripts: _scripts, devDependencies: _devDependencies, ...manifest }) {
      const published = ({ '@vsys/source': _source, ...conditions }) => conditions;
      const exports = Object.entries(manifest.exports).map(([name, entry]) => [name, typeof entry === 'string' ? entry : published(entry)]);
      return { ...manifest, exports: Object.fromEntries(exports) };
    },
  },
};
