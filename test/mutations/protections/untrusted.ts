import type { Mutation } from '../mutation.ts'

const unit = (file: string, title: string): Mutation['test'] => ({ project: 'unit', file, title })

/** What files and lines of others cost at most. */
export const untrusted: readonly Mutation[] = [
  {
    id: 'log-depth-limit',
    file: 'main/logs/parse/json-line.ts',
    find: ' || isDeeper(line, maxDepth)',
    replace: ' || isDeeper(line, line.length)',
    test: unit('main/logs/parse/parse.test.ts', 'reads JSON up to a depth of 64'),
  },
  {
    id: 'log-field-limit',
    file: 'main/logs/parse/json-line.ts',
    find: '.slice(0, maxFields)',
    replace: '.slice(0, maxCharacters)',
    test: unit('main/logs/parse/parse.test.ts', 'takes less than a second for'),
  },
  {
    id: 'log-time-plausible',
    file: 'main/logs/collect/record-writer.ts',
    find: ' && Math.abs(parsed.atMs - readMs) <= clockErrorMs',
    replace: ' && Math.abs(parsed.atMs - readMs) <= clockErrorMs * 1e9',
    test: unit('main/logs/collect/container.test.ts', 'uses the time of the node where a line claims another year'),
  },
]
