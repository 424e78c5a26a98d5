import { configDefaults, defineConfig } from 'vitest/config'

/** One project per kind of test: what each needs of a machine is said in CONTRIBUTING.md. */
const project = (
  name: string,
  include: string[],
  { seconds = 10, isolate = true, maxWorkers = 2, exclude = [] }: Limits,
) => ({
  test: {
    name,
    include,
    exclude: [...configDefaults.exclude, ...exclude],
    environment: 'node' as const,
    testTimeout: seconds * 1_000,
    hookTimeout: seconds * 1_000,
    maxWorkers,
    isolate,
    // A second, the default, is short for a page on a busy machine.
    expect: { poll: { timeout: 10_000 } },
  },
})

interface Limits {
  readonly seconds?: number
  readonly isolate?: boolean
  readonly exclude?: string[]
  /** Two cores: two files at once. A third fills the time in which unit tests wait. */
  readonly maxWorkers?: number
}

const slowTests = '{main,preload,renderer,scripts}/**/*.slow.test.ts'

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['{main,preload,renderer}/**/*.{ts,tsx}'],
      exclude: ['**/*.test.{ts,tsx}', '**/sample{,s}.ts', '**/*.d.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
      reportsDirectory: 'coverage',
    },
    projects: [
      // One module graph for all files takes a third of the CPU time: each test restores what it stubs.
      project(
        'unit',
        [
          '{main,preload,renderer,scripts}/**/*.test.{ts,tsx}',
          'assets/**/*.test.ts',
          'test/mutations/{protections,verdict}.test.ts',
        ],
        { isolate: false, maxWorkers: 3, exclude: [slowTests] },
      ),
      // Beside the code too, but with threads, programs, stores on disk, or megabytes of input.
      project('slow', [slowTests], { seconds: 60, isolate: false }),
      project('peers', ['test/{peers,connectivity,clusters,vault,terminal,thread,bench,runner}/**/*.test.ts'], {
        seconds: 60,
      }),
      {
        test: {
          ...project('window', ['test/{electron,window,serve}/**/*.test.ts'], { seconds: 60 }).test,
          globalSetup: ['test/window/globalSetup.ts'],
        },
      },
      project('cluster', ['test/{bed,install,workloads,logs,vantages}/**/*.test.ts'], { seconds: 300 }),
      project('journey', ['test/{e2e,faults,canary,fuzz,policies}/**/*.test.ts', 'test/mutations/mutations.test.ts'], {
        seconds: 900,
      }),
    ],
  },
})
