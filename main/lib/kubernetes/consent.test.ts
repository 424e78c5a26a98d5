import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { kubeconfigFolder, writeProgram } from '../../../test/clusters/kubeconfig-folder.ts'
import type { ClusterConnection } from './client.ts'
import { demandsOf, describeItem } from './consent.ts'
import { usableContext } from './kubeconfig.ts'
import { openCluster, readFiles } from './open.ts'
import { programKubeconfig } from './single-context.ts'

const usual = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'IfAvailable' }
const https = { server: 'https://203.0.113.1:6443' }

async function folderOf(user: Record<string, unknown>, cluster: Record<string, unknown> = https) {
  const config = await kubeconfigFolder(cluster, user)
  onTestFinished(() => config.remove())
  return config
}

async function demands({ files, contextName }: ClusterConnection, environment: Record<string, string> = {}) {
  const { user, cluster } = usableContext(await readFiles(files), contextName)
  return (await demandsOf(user, cluster, environment)).demands
}

const oidc = (issuer: string) => ({
  'auth-provider': { name: 'oidc', config: { 'idp-issuer-url': issuer, 'client-id': 'a' } },
})

describe('what a context demands', () => {
  it.each([
    ['a token of the kubeconfig', { token: 'abc' }, https, []],
    ['a client certificate', { 'client-certificate': 'a.crt', 'client-key': 'a.key' }, https, []],
    ['a token in a file', { tokenFile: '/run/token' }, https, ['token-file']],
    ['a token without encryption', { token: 'abc' }, { server: 'http://203.0.113.1' }, ['unencrypted']],
    [
      'a password without encryption',
      { username: 'jo', password: 'x' },
      { server: 'http://203.0.113.1' },
      ['unencrypted'],
    ],
    ['a file without encryption', { tokenFile: '/t' }, { server: 'http://203.0.113.1' }, ['token-file', 'unencrypted']],
    ['a token on the loopback interface', { token: 'abc' }, { server: 'http://127.0.0.1:8001' }, []],
    ['a refresh token without encryption', oidc('http://203.0.113.1'), https, ['unencrypted']],
    ['a refresh token', oidc('https://203.0.113.1'), https, []],
    ['nothing without encryption', {}, { server: 'http://203.0.113.1' }, []],
    ['a program that does not exist', { exec: { ...usual, command: '/none/such' } }, https, []],
    ['a program that a token replaces', { token: 'abc', exec: { ...usual, command: '/bin/sh' } }, https, []],
    ['a program', { exec: { ...usual, command: '/bin/sh' } }, https, ['program']],
  ] as const)('with %s', async (_case, user, cluster, kinds) => {
    const { connection } = await folderOf(user, cluster)
    expect((await demands(connection)).map(({ item }) => item.kind)).toEqual(kinds)
  })

  it('changes its id with the program, an argument, and a name or value of a variable', async () => {
    const exec = { ...usual, command: '/bin/sh', args: ['-c', 'true'], env: [{ name: 'A', value: 'b' }] }
    const variants = [
      exec,
      { ...exec, command: '/bin/cat' },
      { ...exec, args: ['-c', 'false'] },
      { ...exec, args: ['-c true'] },
      { ...exec, env: [{ name: 'A', value: 'c' }] },
      { ...exec, env: [{ name: 'B', value: 'b' }] },
      { ...exec, env: [] },
    ]
    const ids = await Promise.all(
      variants.map(async (each) => (await demands((await folderOf({ exec: each })).connection))[0]?.id),
    )
    expect(new Set(ids).size).toBe(variants.length)
  })

  it('shows the file behind a link, and hides secrets in arguments and variables', async () => {
    const config = await folderOf({
      exec: {
        ...usual,
        command: './link',
        args: ['--client-secret', 'canary-one', '--api-key=canary-two', '--login', 'spn'],
        env: [
          { name: 'AWS_SECRET_ACCESS_KEY', value: 'canary-three' },
          { name: 'AWS_PROFILE', value: 'prod' },
        ],
      },
    })
    await writeProgram(join(config.folder, 'real'), 'true')
    await symlink('real', join(config.folder, 'link'))

    const [demand] = await demands(config.connection)

    expect(demand?.item).toMatchObject({
      command: join(config.folder, 'link'),
      path: join(config.folder, 'real'),
      args: ['--client-secret', '***', '--api-key=***', '--login', 'spn'],
      environment: [
        { name: 'AWS_SECRET_ACCESS_KEY', value: '***' },
        { name: 'AWS_PROFILE', value: 'prod' },
      ],
    })
    expect(demand && describeItem(demand.item)).not.toContain('canary')
  })
})

describe.skipIf(process.platform === 'win32')('a known program', () => {
  const known = async (mode: number, env: readonly { name: string; value: string }[] = [], name = 'aws') => {
    const config = await folderOf({ exec: { ...usual, command: `./bin/${name}`, env } })
    await mkdir(join(config.folder, 'bin'), { mode: 0o700 })
    const file = join(config.folder, 'bin', name)
    await writeProgram(file, 'true')
    const { chmod } = await import('node:fs/promises')
    await chmod(file, mode)
    return (await demands(config.connection, { AWS_SECRET_ACCESS_KEY: 'x', HOME: '/root' }))[0]
  }

  it('in a folder under the temporary folder is not covered by a consent for the file: others can write there', async () => {
    expect(await known(0o755)).toMatchObject({ known: false, variables: ['AWS_SECRET_ACCESS_KEY'] })
  })
})

const needsRoot = process.getuid?.() === 0 ? '' : '(needs root, to own a folder that nobody else can write to)'

describe.skipIf(needsRoot !== '')(`a known program that nobody else can replace ${needsRoot}`, () => {
  const demandOf = async (command: string, env: readonly { name: string; value: string }[]) => {
    const root = await mkdtemp('/root/hangar-known-')
    onTestFinished(() => rm(root, { recursive: true, force: true }))
    await writeProgram(join(root, command), 'true')
    const { connection } = await folderOf({ exec: { ...usual, command: join(root, command), env } })
    return (await demands(connection))[0]
  }

  it.each([
    ['aws', [{ name: 'AWS_PROFILE', value: 'prod' }]],
    ['kubelogin', []],
  ])('such as %s is covered by a consent for the file, with its own variables', async (command, env) => {
    expect(await demandOf(command, env)).toMatchObject({ known: true })
  })

  it.each(['PATH', 'LD_PRELOAD', 'HTTPS_PROXY', 'AZURE_TENANT_ID', 'aws_profile'])(
    'that sets another variable is not covered: %s',
    async (name) => {
      const env = [
        { name: 'AWS_PROFILE', value: 'prod' },
        { name, value: '/tmp' },
      ]
      expect(await demandOf('aws', env)).toMatchObject({ known: false })
    },
  )

  it.each(['sh', 'python3', 'aws.sh', 'kubectl'])('is none where it has the name %s', async (command) => {
    expect(await demandOf(command, [])).toMatchObject({ known: false })
  })
})

describe.skipIf(process.platform === 'win32')('a connection', () => {
  const exec = { ...usual, command: './sign-in', args: ['a'] }
  const leaveMark = 'echo ran > "$0.mark"'

  async function marked(user: Record<string, unknown>, permit?: ClusterConnection['permit']) {
    const config = await folderOf(user)
    await writeProgram(join(config.folder, 'sign-in'), leaveMark)
    const connection = { ...config.connection, ...(permit && { permit }) }
    const ran = () =>
      readFile(join(config.folder, 'sign-in.mark'), 'utf8').then(
        () => true,
        () => false,
      )
    return { connection, folder: config.folder, ran }
  }

  it.each([
    ['openCluster', (connection: ClusterConnection) => openCluster(connection)],
    ['programKubeconfig', (connection: ClusterConnection) => programKubeconfig(connection)],
  ])('without consent is refused by %s with the whole command, and nothing runs', async (_name, use) => {
    const { connection, folder, ran } = await marked({ exec })
    await expect(use(connection)).rejects.toMatchObject({
      code: 'CONSENT_NEEDED',
      evidence: `${join(folder, 'sign-in')} a`,
    })
    expect(await ran()).toBe(false)
  })

  it('is refused when the kubeconfig changes after the consent', async () => {
    const { connection, ran } = await marked({ exec })
    const permit = { demands: (await demands(connection)).map(({ id }) => id), variables: [] }
    const [file = ''] = connection.files
    await writeFile(file, (await readFile(file, 'utf8')).replace('- a', '- b'))

    await expect(openCluster({ ...connection, permit })).rejects.toMatchObject({ code: 'CONSENT_NEEDED' })
    expect(await ran()).toBe(false)
  })

  it('passes its program only variables of the list, of the kubeconfig, and those that the user selected', async () => {
    const server = 'https://127.0.0.1:1'
    const config = await folderOf({ exec: { ...exec, env: [{ name: 'REGION', value: 'north' }] } }, { server })
    await writeProgram(join(config.folder, 'sign-in'), 'env > "$0.env"; exit 1')
    const environment = { HOME: '/home/jo', AWS_SECRET_ACCESS_KEY: 'canary', GITHUB_TOKEN: 'canary', CHOSEN: 'yes' }
    const connection = { ...config.connection, environment: { ...config.connection.environment, ...environment } }
    const permit = { demands: (await demands(connection)).map(({ id }) => id), variables: ['CHOSEN'] }
    const client = await openCluster({ ...connection, permit })
    onTestFinished(() => client.close())

    await client.request('GET', '/version', {}, AbortSignal.timeout(5_000)).catch(() => undefined)

    const received = await readFile(join(config.folder, 'sign-in.env'), 'utf8')
    expect(received).not.toContain('canary')
    expect(received).toMatch(/^REGION=north$/m)
    expect(received).toMatch(/^CHOSEN=yes$/m)
    expect(received).toMatch(/^HOME=\/home\/jo$/m)
  })
})
