import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAddedFiles } from './added-files.ts'
import { createClusters } from './clusters.ts'

const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{ name: a, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: a, user: { token: t } }]
contexts: [{ name: a, context: { cluster: a, user: a } }]
`

/** A home with a state folder, in it a kubeconfig as a downloaded chart could be, and links to both. */
async function folders() {
  const home = await mkdtemp(join(tmpdir(), 'hangar-own-folder-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const state = join(home, 'state')
  await mkdir(join(state, 'helm', 'charts'), { recursive: true })
  const inside = join(state, 'helm', 'charts', 'a.tgz')
  const outside = join(home, 'outside')
  await Promise.all([writeFile(inside, kubeconfig), writeFile(outside, kubeconfig)])
  await symlink(inside, join(home, 'link-to-file'))
  await symlink(state, join(home, 'link-to-folder'))
  await symlink(outside, join(state, 'link-out'))
  return { home, state }
}

const sources = {
  KUBECONFIG: (file: string) => ({ environment: { KUBECONFIG: file } }),
  'the settings': (file: string) => ({ environment: {}, moreKubeconfigs: () => [file] }),
  '--kubeconfig': (file: string) => ({ environment: {}, kubeconfigFiles: [file] }),
}

describe("a kubeconfig in Hangar's own folder", () => {
  it.each(
    Object.entries(sources).flatMap(([source, options]) =>
      [
        'state/helm/charts/a.tgz',
        'link-to-file',
        'link-to-folder/helm/charts/a.tgz',
        'state/../state/helm/charts/a.tgz',
      ].map((path) => [path, source, options] as const),
    ),
  )('%s of %s is skipped with a problem', async (path, _source, options) => {
    const { home, state } = await folders()
    const clusters = createClusters({ ...options(join(home, path)), home, stateFolder: state, shell: '' })
    onTestFinished(() => clusters.close())

    const { contexts, problems } = await clusters.contexts()
    expect(contexts).toEqual([])
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining("in Hangar's own folder")])
  })

  it.each(['outside', 'state/link-out'])('%s is read: the file itself is elsewhere', async (path) => {
    const { home, state } = await folders()
    const clusters = createClusters({
      environment: { KUBECONFIG: join(home, path) },
      home,
      stateFolder: state,
      shell: '',
    })
    onTestFinished(() => clusters.close())
    expect((await clusters.contexts()).contexts.map(({ name }) => name)).toEqual(['a'])
  })

  it('is not read after a link was turned to it', async () => {
    const { home, state } = await folders()
    const link = join(home, 'link')
    await symlink(join(home, 'outside'), link)
    const clusters = createClusters({ environment: { KUBECONFIG: link }, home, stateFolder: state, shell: '' })
    onTestFinished(() => clusters.close())
    const [context] = (await clusters.contexts()).contexts
    await rm(link)
    await symlink(join(state, 'helm', 'charts', 'a.tgz'), link)

    await expect(clusters.connection(context?.id ?? '')).rejects.toMatchObject({ code: 'CONTEXT_UNKNOWN' })
  })

  it('is read if it was uploaded', async () => {
    const { home, state } = await folders()
    const files = createAddedFiles({
      home: state,
      linked: async () => [],
      setLinked: async () => undefined,
      acceptsUploads: true,
      changed: () => undefined,
    })
    await files.upload({ name: 'team.yaml', text: kubeconfig })
    const clusters = createClusters({
      environment: {},
      home,
      shell: '',
      stateFolder: state,
      moreKubeconfigs: files.paths,
    })
    onTestFinished(() => clusters.close())

    const { contexts, problems } = await clusters.contexts()

    expect(contexts.map(({ name }) => name)).toEqual(['a'])
    expect(problems).toEqual([])
  })
})
