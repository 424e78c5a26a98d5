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
      title: 'sets nothing in a program with a fuse that is not listed',
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
]
