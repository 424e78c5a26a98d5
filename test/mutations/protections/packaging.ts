import type { Mutation } from '../mutation.ts'

const fuses = Object.entries({
  RunAsNode: ['false', 'true'],
  EnableCookieEncryption: ['true', 'false'],
  EnableNodeOptionsEnvironmentVariable: ['false', 'true'],
  EnableNodeCliInspectArguments: ['false', 'true'],
  EnableEmbeddedAsarIntegrityValidation: ['true', 'false'],
  OnlyLoadAppFromAsar: ['true', 'false'],
  LoadBrowserProcessSpecificV8Snapshot: ['false', 'true'],
  GrantFileProtocolExtraPrivileges: ['false', 'true'],
}).map(
  ([name, [safe, unsafe]]): Mutation => ({
    id: `fuse${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    file: 'scripts/fuses.ts',
    find: `[FuseV1Options.${name}]: ${safe},`,
    replace: `[FuseV1Options.${name}]: ${unsafe},`,
    test: { project: 'unit', file: 'scripts/fuses.test.ts', title: 'of a packaged program is' },
  }),
)

const supplyChain = (title: string): Mutation['test'] => ({
  project: 'unit',
  file: 'scripts/supply-chain.test.ts',
  title,
})

/** Packages and dependencies. */
export const packaging: readonly Mutation[] = [
  ...fuses,
  {
    id: 'fuses-all-listed',
    file: 'scripts/fuses.ts',
    find: 'strictlyRequireAllFuses: true',
    replace: 'strictlyRequireAllFuses: false',
    test: {
      project: 'unit',
      file: 'scripts/fuses.test.ts',
      title: 'in a program with ',
    },
  },
  {
    id: 'after-pack',
    file: 'electron-builder.yml',
    find: 'afterPack: ./scripts/after-pack.ts\n',
    replace: '',
    test: { project: 'unit', file: 'scripts/after-pack.test.ts', title: 'gets its fuses' },
  },
  {
    id: 'after-pack-fuses',
    file: 'scripts/after-pack.ts',
    find: '  await setFuses(join(appOutDir, name), electronPlatformName)\n',
    replace: '',
    test: { project: 'unit', file: 'scripts/after-pack.test.ts', title: 'gets its fuses' },
  },
  {
    id: 'ignore-scripts',
    file: '.npmrc',
    find: 'ignore-scripts=true\n',
    replace: '',
    test: { project: 'unit', file: 'scripts/install-scripts.test.ts', title: 'an install runs no code of a package' },
  },
  {
    id: 'action-pinned',
    file: '.github/actions/set-up/action.yml',
    find: /actions\/setup-node@[0-9a-f]{40} # v[\d.]+/,
    replace: 'actions/setup-node@v6',
    test: supplyChain('is ours, or pinned by a full commit hash'),
  },
  {
    id: 'workflow-permissions',
    file: '.github/workflows/push.yml',
    find: 'permissions:\n  contents: read\n',
    replace: '',
    test: supplyChain('reads the sources and no more by default'),
  },
  {
    id: 'workflow-token',
    file: '.github/workflows/release.yml',
    find: / {10}persist-credentials: false\n(?= {10}fetch-depth)/,
    replace: '',
    test: supplyChain('leaves no token of the repository in the checkout'),
  },
  {
    id: 'release-attestation',
    file: '.github/workflows/release.yml',
    find: /uses: actions\/attest-build-provenance@.*/,
    replace: 'uses: ./.github/actions/set-up',
    test: supplyChain('a release has a bill of materials'),
  },
  {
    id: 'lockfile-hashes',
    file: 'package-lock.json',
    find: /(?<="node_modules\/electron": \{\n(?: {6}.*\n)*?) {6}"integrity": ".*",\n/,
    replace: '',
    test: supplyChain('has a SHA-512 hash for each package'),
  },
  {
    id: 'exact-versions',
    file: 'package.json',
    find: /(?<="electron": ")(?=\d)/,
    replace: '^',
    test: supplyChain('every dependency has an exact version'),
  },
  {
    id: 'signing-enforced',
    file: 'scripts/signing.ts',
    find: "['--config.forceCodeSigning=true']",
    replace: '[]',
    test: { project: 'unit', file: 'scripts/signing.test.ts', title: 'that cannot be signed fails the build' },
  },
  {
    id: 'signing-all-keys',
    file: 'scripts/signing.ts',
    find: / {2}if \(missing\.length > 0\) throw .*\n/,
    replace: '',
    test: { project: 'unit', file: 'scripts/signing.test.ts', title: 'fails if a key is missing' },
  },
]
