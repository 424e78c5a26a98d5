import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'

/**
 * Variables that programs have in a terminal and not when started from the desktop: the PATH of credential programs, their
 * configuration, and the proxy. Nothing else is read from the shell.
 */
const takenVariables: ReadonlySet<string> = new Set([
  'PATH',
  'KUBECONFIG',
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'NO_PROXY',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AZURE_CONFIG_DIR',
  'CLOUDSDK_CONFIG',
  'CLOUDSDK_ACTIVE_CONFIG_NAME',
  'USE_GKE_GCLOUD_AUTH_PLUGIN',
])

const limitMs = 5_000
const outputLimitBytes = 1024 * 1024

/**
 * The named variables as the login shell sets them; empty on Windows, where programs have them anyway, and when the shell
 * fails or takes over 5 s. The output is never logged: it contains the user's whole environment.
 */
export async function loginShellEnvironment(
  shell: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  if (process.platform === 'win32' || shell === undefined || shell === '') return {}
  const mark = randomUUID()
  const output = await runShell(shell, mark, environment, AbortSignal.any([signal, AbortSignal.timeout(limitMs)]))
  signal.throwIfAborted()
  return readMarked(output, mark)
}

/** The named variables between the marks of `env -0`; output of the shell's own files around them is ignored. */
export function readMarked(output: string, mark: string): Record<string, string> {
  const [, between] = output.split(mark)
  if (between === undefined || !output.includes(mark, output.indexOf(mark) + 1)) return {}
  const variables: Record<string, string> = {}
  for (const line of between.replace(/^\r?\n/, '').split('\0')) {
    const at = line.indexOf('=')
    const name = line.slice(0, Math.max(at, 0))
    if (takenVariables.has(name)) variables[name] = line.slice(at + 1)
  }
  return variables
}

/** An interactive login shell, because many users set their PATH in .zshrc or .bashrc; the leading space keeps it out of the history. */
function runShell(
  shell: string,
  mark: string,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string> {
  const command = ` printf '%s\\n' ${mark}; command env -0; printf '%s\\n' ${mark}`
  const plain = /(?:^|\/)(?:sh|dash|ash)$/.test(shell)
  const args = [...(plain ? ['-l'] : ['-i', '-l']), '-c', command]
  return new Promise((resolve) => {
    const child = spawn(shell, args, {
      // `detached`: an interactive shell in another session cannot take over the terminal of this process.
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...environment, TERM: 'dumb', DISABLE_AUTO_UPDATE: 'true' },
    })
    const chunks: Buffer[] = []
    let size = 0
    const end = () => {
      signal.removeEventListener('abort', stop)
      resolve(Buffer.concat(chunks).toString('utf8'))
    }
    const stop = () => {
      if (child.pid !== undefined) killGroup(child.pid)
      end()
    }
    signal.addEventListener('abort', stop, { once: true })
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= outputLimitBytes) chunks.push(chunk)
      else stop()
    })
    child.on('error', end)
    child.on('close', end)
  })
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
