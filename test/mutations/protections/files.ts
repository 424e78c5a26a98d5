import type { Mutation } from '../mutation.ts'

const unit = (file: string, title: string): Mutation['test'] => ({ project: 'unit', file, title })
const charts = (title: string): Mutation['test'] => ({ project: 'cluster', file: 'test/install/charts.test.ts', title })
const folder = (title: string): Mutation['test'] => unit('main/lib/chart-folder.test.ts', title)
const archive = (title: string): Mutation['test'] => unit('main/lib/chart-archive.test.ts', title)
const profiles = (title: string): Mutation['test'] => unit('main/profiles/profiles.test.ts', title)

/** Files that others name or send: profiles, charts, downloads, and the helm that reads them. */
export const files: readonly Mutation[] = [
  {
    id: 'contained-inside',
    file: 'main/lib/contained-file.ts',
    find: 'if (!isInside(root, target))',
    replace: 'if (!isInside(root, root))',
    test: folder('is not read from outside the folder of the profile'),
  },
  {
    id: 'contained-relative',
    file: 'main/lib/contained-file.ts',
    find: 'if (!isRelativePath(path))',
    replace: "if (path === '')",
    test: folder('is not read from outside the folder of the profile'),
  },
  {
    id: 'contained-link',
    file: 'main/lib/contained-file.ts',
    find: 'if (stats?.isSymbolicLink())',
    replace: 'if (stats?.isSocket())',
    test: folder('takes no file by a symbolic link'),
  },
  {
    id: 'regular-no-follow',
    file: 'main/lib/contained-file.ts',
    find: ' | (constants.O_NOFOLLOW ?? 0)',
    replace: '',
    test: folder('takes no file by a symbolic link'),
  },
  {
    id: 'regular-no-wait',
    file: 'main/lib/contained-file.ts',
    find: ' | (constants.O_NONBLOCK ?? 0)',
    replace: '',
    test: folder('reads no device and does not wait for a pipe'),
  },
  {
    id: 'regular-only',
    file: 'main/lib/contained-file.ts',
    find: 'if (!stats.isFile())',
    replace: 'if (stats.isDirectory())',
    test: folder('reads no device and does not wait for a pipe'),
  },
  {
    id: 'chart-file-size',
    file: 'main/lib/contained-file.ts',
    find: 'if (stats.size > limitBytes)',
    replace: 'if (limitBytes < 0)',
    test: folder('has limits for the size of a file and of all files'),
  },
  {
    id: 'chart-total-size',
    file: 'main/lib/chart-folder.ts',
    find: 'if (this.#bytes > chartLimits.totalBytes)',
    replace: 'if (this.#bytes < 0)',
    test: folder('has limits for the size of a file and of all files'),
  },
  {
    id: 'chart-file-count',
    file: 'main/lib/chart-folder.ts',
    find: 'if (this.#files > chartLimits.files)',
    replace: 'if (this.#files < 0)',
    test: folder('has a limit for the number of files'),
  },
  {
    id: 'chart-dependency-name',
    file: 'main/lib/chart-folder.ts',
    find: 'z.string().regex(/^[A-Za-z0-9][\\w.-]*$/)',
    replace: 'z.string()',
    test: folder('takes no dependency from outside, and writes none outside of its copy'),
  },
  {
    id: 'chart-digest-path',
    file: 'main/lib/chart-folder.ts',
    find: '`${path}\\0${content.length}\\0`',
    replace: "''",
    test: folder('has another digest after any change of a path or a content'),
  },
  {
    id: 'archive-links',
    file: 'main/lib/chart-archive.ts',
    find: "if (kind === 'other')",
    replace: "if (kind === 'folder' && content.length > 0)",
    test: archive('is refused with a hard link, a device or a pipe'),
  },
  {
    id: 'archive-paths',
    file: 'main/lib/chart-archive.ts',
    find: "if (!isRelativePath(path) || path.split('/').includes('..'))",
    replace: "if (path === '')",
    test: archive('is refused with'),
  },
  {
    id: 'archive-expanded-size',
    file: 'main/lib/chart-archive.ts',
    find: 'gunzipped(archive, { maxOutputLength })',
    replace: 'gunzipped(archive, { maxOutputLength: 64 * maxOutputLength })',
    test: archive('is refused if it expands to more than the limit'),
  },
  {
    id: 'archive-size',
    file: 'main/lib/chart-archive.ts',
    find: 'if (archive.length > archiveLimitBytes)',
    replace: 'if (archive.length < 0)',
    test: archive('is refused if it has too many entries, is too large'),
  },
  {
    id: 'archive-entries',
    file: 'main/lib/chart-archive.ts',
    find: 'entries > chartLimits.files ?',
    replace: 'entries < 0 ?',
    test: archive('is refused if it has too many entries, is too large'),
  },
  {
    id: 'download-checked',
    file: 'main/install/plan/charts.ts',
    find: '    checkIdentity(chart, metadata)\n',
    replace: '    checkIdentity(chart, { name: chartName(chart), version: chart.version })\n',
    test: charts('are not stored if the server sends'),
  },
  {
    id: 'download-pinned',
    file: 'main/install/plan/charts.ts',
    find: '    await checkPin(home, chart, digest)\n',
    replace: "    await checkPin(home, chart, '0')\n",
    test: charts('are pinned at the first download, and refused if the same version changes'),
  },
  {
    id: 'download-https',
    file: 'main/install/helm/helm.ts',
    find: 'environment: withoutPlainHttp(environmentOf())',
    replace: 'environment: environmentOf()',
    test: charts('are not taken from a redirect to plain HTTP'),
  },
  {
    id: 'helm-memory',
    file: 'main/install/helm/helm.ts',
    find: 'timeoutMs, memoryLimitBytes, keptBytes',
    replace: 'timeoutMs, keptBytes',
    test: unit('main/install/helm/helm.test.ts', 'is limited: a helm that exceeds the limit is killed'),
  },
  {
    id: 'profile-by-path',
    file: 'main/profiles/profiles.ts',
    find: 'if (await mayRead(file))',
    replace: 'if ((await mayRead(file)) || path.length > 0)',
    test: profiles('reads no file by its path'),
  },
  {
    id: 'profile-by-path-in-window',
    file: 'main/composition/core.ts',
    find: 'options.trustsCaller ||',
    replace: "options.trustsCaller || file !== '' ||",
    test: unit('main/app.test.ts', 'opens no file that it names as a profile'),
  },
  {
    id: 'profile-quotes',
    file: 'main/profiles/profiles.ts',
    find: '{ quotes: !isFile(nameOrFile) }',
    replace: "{ quotes: nameOrFile !== '' }",
    test: profiles('sees no content in the error about a file'),
  },
  {
    id: 'profile-chart-path-saved',
    file: 'main/profiles/profiles.ts',
    find: "if ('path' in chart) await containedPath(place.root, place.root, chart.path)",
    replace: "if ('path' in chart) await containedPath('/', '/', 'x')",
    test: profiles('saves no profile whose chart is elsewhere'),
  },
]
