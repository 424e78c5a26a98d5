import { createPrivateKey, randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { createAuthority } from '../peers/authority.ts'

/** Everything a user gives to Hangar, with a canary wherever a secret belongs. */
export interface Planted {
  readonly kubeconfig: string
  readonly profileFile: string
  readonly valuesFile: string
  readonly credentialsFile: string
  readonly passphraseFile: string
  /** What is searched for, by the place it was put in. */
  readonly secrets: Readonly<Record<string, string>>
  /** What the cluster's Secrets must hold in the end. */
  readonly password: string
  readonly token: string
  /** What others put into the cluster's Secret, and what a program wrote into its log. */
  readonly others: string
  readonly logged: string
}

export const namespace = 'canary'
export const plane = 'canary'

/** `folder` is outside of Hangar's state folder. `port`: of a TLS server with a certificate of `authority`. */
export async function plantSecrets(
  folder: string,
  bedKubeconfig: string,
  port: number,
  authority: ReturnType<typeof createAuthority>,
): Promise<Planted> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const canary = (where: string): string => `canary-${where}-${randomBytes(12).toString('hex')}`
  const [token, password, keyed] = [
    canary('credential'),
    canary('override'),
    authority.issue({ names: ['agent'], client: true }),
  ]
  const [others, logged] = [canary('others'), canary('logged')]
  const found = await plantKubeconfig(join(folder, 'kubeconfig'), bedKubeconfig, canary)
  const passphrase = canary('passphrase')
  const file = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, name), content, { mode: 0o600 })
    return join(folder, name)
  }
  await writeChart(join(folder, 'chart'))
  return {
    kubeconfig: join(folder, 'kubeconfig'),
    profileFile: await file('profile.yaml', stringify(profileOf(port))),
    valuesFile: await file(
      'values.yaml',
      stringify({ settings: { ca: authority.certificate }, overrides: { words: { password } } }),
    ),
    credentialsFile: await file(
      'credentials.yaml',
      stringify({ agent: { 'tls.crt': keyed.certificate, 'tls.key': keyed.key, token } }),
    ),
    passphraseFile: await file('passphrase', passphrase),
    secrets: {
      ...found,
      'credential token': token,
      'chart override': password,
      passphrase,
      ...keySecrets('credential tls.key', keyed.key),
    },
    password,
    token,
    others,
    logged,
  }
}

/** The bed's own admin, whose private key is a canary, and users with a canary in each field of a kubeconfig that takes a secret. */
async function plantKubeconfig(
  file: string,
  bedKubeconfig: string,
  canary: (where: string) => string,
): Promise<Record<string, string>> {
  const config = parse(await readFile(bedKubeconfig, 'utf8'))
  const [cluster] = config.clusters
  const admin = Buffer.from(config.users[0].user['client-key-data'], 'base64').toString()
  const other = createAuthority('Nobody').issue({ names: ['nobody'] })
  const secrets = {
    token: canary('token'),
    password: canary('password'),
    environment: canary('exec-environment'),
    refresh: canary('oidc-refresh'),
    client: canary('oidc-client'),
    proxy: canary('proxy-password'),
  }
  const users: Record<string, unknown> = {
    'with-token': { token: secrets.token },
    'with-password': { username: 'somebody', password: secrets.password },
    'with-key': {
      'client-certificate-data': Buffer.from(other.certificate).toString('base64'),
      'client-key-data': Buffer.from(other.key).toString('base64'),
    },
    'with-program': {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: '/bin/false',
        interactiveMode: 'Never',
        env: [{ name: 'PLUGIN_SECRET', value: secrets.environment }],
      },
    },
    'with-oidc': {
      'auth-provider': {
        name: 'oidc',
        config: {
          'idp-issuer-url': 'https://127.0.0.1:1',
          'client-id': 'hangar',
          'client-secret': secrets.client,
          'refresh-token': secrets.refresh,
        },
      },
    },
  }
  for (const [name, user] of Object.entries(users)) {
    config.users.push({ name, user })
    config.contexts.push({ name, context: { cluster: cluster.name, user: name } })
  }
  config.clusters.push({
    name: 'behind-proxy',
    cluster: { ...cluster.cluster, 'proxy-url': `http://somebody:${secrets.proxy}@127.0.0.1:1` },
  })
  config.contexts.push({ name: 'behind-proxy', context: { cluster: 'behind-proxy', user: 'with-token' } })
  await writeFile(file, stringify(config), { mode: 0o600 })
  await chmod(file, 0o600)
  return {
    ...Object.fromEntries(Object.entries(secrets).map(([where, secret]) => [`kubeconfig ${where}`, secret])),
    ...keySecrets('kubeconfig admin', admin),
    ...keySecrets('kubeconfig with-key', other.key),
  }
}

/** A private key leaks as text of PEM, as the bytes in it, or as numbers: a line from its middle, and its number. */
function keySecrets(where: string, pem: string): Record<string, string> {
  const middle =
    pem
      .trim()
      .split('\n')
      .slice(1, -1)
      .find((_line, index) => index === 1) ?? pem
  const { d } = createPrivateKey(pem).export({ format: 'jwk' })
  return { [`${where}, line of PEM`]: middle, [`${where}, number`]: d ?? middle }
}

const profileOf = (port: number) => ({
  schemaVersion: 1,
  name: 'canary',
  title: 'Canary',
  description: 'A plane with a secret in every field that takes one.',
  settings: { type: 'object', properties: { ca: { type: 'string', title: 'Authority' } } },
  managementModels: [{ id: 'self', title: 'Self-managed', summary: '', tasks: [] }],
  components: [
    {
      id: 'words',
      title: 'Words',
      summary: '',
      providedBy: 'release',
      parts: [{ kind: 'Deployment', namespace, name: 'words' }],
    },
  ],
  credentials: [
    {
      id: 'agent',
      title: 'Agent',
      secret: { name: 'agent', namespaces: [namespace] },
      keys: [
        { key: 'tls.crt', title: 'Certificate', kind: 'pem' },
        { key: 'tls.key', title: 'Private key', kind: 'pem' },
        { key: 'token', title: 'Token' },
      ],
    },
  ],
  releases: [{ name: 'words', namespace, chart: { path: 'chart' }, components: ['words'], timeoutSeconds: 60 }],
  endpoints: [
    {
      id: 'server',
      component: 'words',
      host: 'localhost',
      port,
      protocol: 'https',
      clientProfile: { trust: { setting: 'ca' }, clientCertificate: 'agent' },
    },
  ],
  logSources: [{ id: 'words', title: 'Words', component: 'words', namespace, selector: 'app=words' }],
})

const chart: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: words\nversion: 0.1.0\n',
  'values.yaml': 'password: ""\nlabel: fine\n',
  'templates/secret.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: words
stringData:
  password: {{ .Values.password | quote }}
`,
  // The API server quotes a value that it refuses in its response.
  'templates/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: words
  labels: { word: {{ .Values.label | quote }} }
spec:
  selector: { matchLabels: { app: words } }
  template:
    metadata: { labels: { app: words } }
    spec:
      containers:
        - name: words
          image: any.test/words:1
          envFrom:
            - secretRef: { name: words }
            - secretRef: { name: agent }
`,
}

async function writeChart(folder: string): Promise<void> {
  await mkdir(join(folder, 'templates'), { recursive: true })
  for (const [name, content] of Object.entries(chart)) await writeFile(join(folder, name), content)
}
