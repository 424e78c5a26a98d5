import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { createSandbox, type Sandbox, unreachableCluster } from './sandbox.ts'

const profileOf = (host: string) => ({
  schemaVersion: 1,
  name: 'shared',
  title: 'Shared',
  description: 'A file of the team.',
  managementModels: [{ id: 'self', title: 'Self-managed', summary: 'Ours.', tasks: [] }],
  components: [{ id: 'agent', title: 'Agent', summary: 'Connects.', providedBy: 'vendor' }],
  releases: [],
  endpoints: [{ id: 'gateway', component: 'agent', host, protocol: 'https' }],
})

/** A plane whose profile was changed after the plane was created. */
async function changedPlane(): Promise<{ sandbox: Sandbox; digest: string }> {
  const sandbox = await createSandbox()
  const kubeconfig = await sandbox.file('config', unreachableCluster)
  const file = await sandbox.file('profile.yaml', profileOf('localhost'))
  await sandbox.run('plan', '--profile', file, '--plane', 'north', '--kubeconfig', kubeconfig)
  await writeFile(file, stringify(profileOf('attacker.invalid')))
  const { stdout } = await sandbox.run('trust', 'approve', 'north', '--output', 'json')
  return { sandbox, digest: JSON.parse(stdout).change.digest }
}

describe('a changed profile', () => {
  it('ends a check, a plan and an install with exit code 2 and the command that shows the change', async () => {
    const { sandbox } = await changedPlane()
    const passphrase = await sandbox.file('passphrase', 'a passphrase for tests')
    const install = ['install', '--yes', '--passphrase-file', passphrase]

    for (const command of [['check', '--plane', 'north'], ['plan'], ['preflight'], install]) {
      const { code, stderr } = await sandbox.run(...command)
      expect(stderr).toContain('PROFILE_CHANGED')
      expect(stderr).toContain('hangar trust approve PLANE')
      expect(code).toBe(2)
    }
  })

  it('is approved only by its digest where nobody can be asked', async () => {
    const { sandbox, digest } = await changedPlane()

    const asked = await sandbox.run('trust', 'approve', 'north')
    expect(asked.code).toBe(2)
    expect(asked.stderr).toContain('address: https localhost → https attacker.invalid')
    expect(asked.stderr).toContain(`--approve ${digest}`)
    expect(await sandbox.run('trust', 'approve', 'north', '--approve', '0'.repeat(64))).toMatchObject({ code: 2 })
    expect((await sandbox.run('trust', 'approve', 'north', '--yes')).code).toBe(2)
    expect((await sandbox.run('plan')).stderr).toContain('PROFILE_CHANGED')

    expect((await sandbox.run('trust', 'approve', 'north', '--approve', digest)).code).toBe(0)
    expect((await sandbox.run('plan')).stderr).not.toContain('PROFILE_CHANGED')
    const { stdout } = await sandbox.run('trust', 'list')
    expect(stdout).toContain(`the profile of "north", ${digest.slice(0, 12)}`)
  })

  it('needs an approval again after its decision was revoked', async () => {
    const { sandbox, digest } = await changedPlane()
    await sandbox.run('trust', 'approve', 'north', '--approve', digest)
    const { grants } = JSON.parse((await sandbox.run('trust', 'list', '--output', 'json')).stdout)

    expect((await sandbox.run('trust', 'revoke', grants[0].id)).code).toBe(0)

    expect((await sandbox.run('plan')).stderr).toContain('You have not approved the profile')
  })
})
