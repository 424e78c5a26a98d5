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
  {
    id: 'yaml-token-limit',
    file: 'main/lib/yaml-documents.ts',
    find: 'if (left < 0)',
    replace: 'if (left < -1e9)',
    test: unit('main/lib/yaml-documents.test.ts', 'stops at the limit, before it reads the rest'),
  },
  {
    id: 'yaml-value-limit',
    file: 'main/lib/yaml-documents.ts',
    find: 'if (values > limits.values)',
    replace: 'if (values < 0)',
    test: unit('main/lib/yaml-documents.test.ts', 'refuses a text with'),
  },
  {
    id: 'yaml-depth-limit',
    file: 'main/lib/yaml-documents.ts',
    find: 'if (depth > limits.depth)',
    replace: 'if (depth < 0)',
    test: unit('main/lib/yaml-documents.test.ts', 'refuses a text with'),
  },
  {
    id: 'yaml-alias-limit',
    file: 'main/lib/yaml-documents.ts',
    find: 'if (aliases > limits.aliases)',
    replace: 'if (aliases < 0)',
    test: unit('main/lib/yaml-documents.test.ts', 'refuses a text with'),
  },
  {
    id: 'yaml-alias-expansion',
    file: 'main/lib/yaml-documents.ts',
    find: 'if (expandedSize(value) > limits.values)',
    replace: 'if (expandedSize(value) < 0)',
    test: unit('main/lib/yaml-documents.test.ts', 'refuses aliases that expand to more values than the limit'),
  },
  {
    id: 'yaml-linear-keys',
    file: 'main/lib/yaml-documents.ts',
    find: 'uniqueKeys: false',
    replace: 'uniqueKeys: true',
    test: unit('main/lib/yaml-documents.test.ts', 'reads 20,000 keys in time that grows with their number'),
  },
  {
    id: 'thread-time-limit',
    file: 'main/lib/limited-thread.ts',
    find: 'if (usedMs - baseMs > limitMs)',
    replace: 'if (usedMs < 0)',
    test: {
      project: 'peers',
      file: 'test/thread/limited-thread.test.ts',
      title: 'ends a call after a second of processor time',
    },
  },
  {
    id: 'pattern-linear',
    file: 'preload/json-schema.ts',
    find: "  Reflect.set(globalThis, 'RegExp', LinearRegExp)\n",
    replace: '',
    test: unit('main/profiles/hostile-schema.test.ts', 'evaluates a pattern in time that grows with the text'),
  },
  {
    id: 'pattern-supported',
    file: 'main/profiles/schema-cost.ts',
    find: '    linearPattern(pattern)\n',
    replace: '    void linearPattern\n',
    test: unit('main/profiles/hostile-schema.test.ts', 'naming the field'),
  },
  {
    id: 'format-url-linear',
    file: 'preload/json-schema.ts',
    find: '\nformat.url = (text: string) =>',
    replace: '\nexport const url = (text: string) =>',
    test: unit('main/profiles/hostile-schema.test.ts', 'evaluates a URL in time that grows with the text'),
  },
  {
    id: 'schema-parts-limit',
    file: 'main/profiles/schema-cost.ts',
    find: 'if (size > partsLimit)',
    replace: 'if (size < 0)',
    test: unit('main/profiles/hostile-schema.test.ts', 'naming the field'),
  },
  {
    id: 'schema-contains-itself',
    file: 'main/profiles/schema-cost.ts',
    find: 'if (visited.open.has(schema)) throw',
    replace: 'if (visited.open.size > 1e3) throw',
    test: unit('main/profiles/hostile-schema.test.ts', 'naming the field'),
  },
  {
    id: 'profile-in-thread',
    file: 'main/profiles/reader.ts',
    find: 'this.#builtIn.has(digest) ? ',
    replace: "digest !== '' ? ",
    test: { project: 'peers', file: 'test/thread/hostile-files.test.ts', title: 'does not keep the main thread busy' },
  },
]
