import { at, type KubernetesObject, listAt, textAt } from '../../observe/kubernetes-object.ts'

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted'

const levels: ReadonlySet<string> = new Set<PodSecurityLevel>(['privileged', 'baseline', 'restricted'])
const isLevel = (text: string): text is PodSecurityLevel => levels.has(text)

/** The level of a namespace for a mode; without a label, the cluster's default applies, which is `privileged` unless it was configured. */
export function levelOf(namespace: KubernetesObject, mode: 'enforce' | 'warn' | 'audit'): PodSecurityLevel {
  const label = namespace.metadata?.labels?.[`pod-security.kubernetes.io/${mode}`] ?? ''
  return isLevel(label) ? label : 'privileged'
}

const baselineCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])
const seLinuxTypes = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'])
const safeSysctls = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
])
const restrictedVolumes = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
])

const containersOf = (spec: unknown): readonly unknown[] =>
  ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) => listAt(spec, list))

const capabilities = (container: unknown, list: 'add' | 'drop'): readonly unknown[] =>
  listAt(container, 'securityContext', 'capabilities', list)

/** Pure: what of the pod a level forbids, as the fields' names; empty if the pod is admitted. */
export function podSecurityViolations(spec: unknown, level: PodSecurityLevel): string[] {
  if (level === 'privileged') return []
  const found = [...baselineOfPod(spec), ...containersOf(spec).flatMap(baselineOfContainer)]
  if (level === 'restricted') found.push(...restrictedOfPod(spec))
  return [...new Set(found)]
}

function baselineOfPod(spec: unknown): string[] {
  const hostFields = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => at(spec, field) === true)
  const sysctls = listAt(spec, 'securityContext', 'sysctls').flatMap((each) => {
    const name = textAt(each, 'name') ?? ''
    return safeSysctls.has(name) ? [] : [`sysctl ${name}`]
  })
  const hostPath = listAt(spec, 'volumes').some((volume) => at(volume, 'hostPath') !== undefined)
  return [...hostFields, ...sysctls, ...(hostPath ? ['hostPath volumes'] : []), ...baselineOfContext(spec)]
}

function baselineOfContainer(container: unknown): string[] {
  const added = capabilities(container, 'add').filter((name) => !baselineCapabilities.has(String(name)))
  const hostPorts = listAt(container, 'ports').some((port) => Number(at(port, 'hostPort') ?? 0) !== 0)
  const procMount = textAt(container, 'securityContext', 'procMount') ?? 'Default'
  return [
    ...(at(container, 'securityContext', 'privileged') === true ? ['privileged'] : []),
    ...added.map((name) => `capability ${name}`),
    ...(hostPorts ? ['hostPort'] : []),
    ...(procMount === 'Default' ? [] : [`procMount ${procMount}`]),
    ...baselineOfContext(container),
  ]
}

/** Fields that the security contexts of pods and containers share. */
function baselineOfContext(of: unknown): string[] {
  const context = at(of, 'securityContext')
  const seLinux = at(context, 'seLinuxOptions')
  const seLinuxSet =
    !seLinuxTypes.has(textAt(seLinux, 'type') ?? '') || Boolean(textAt(seLinux, 'user') || textAt(seLinux, 'role'))
  return [
    ...(at(context, 'windowsOptions', 'hostProcess') === true ? ['hostProcess'] : []),
    ...(seLinuxSet ? ['seLinuxOptions'] : []),
    ...(textAt(context, 'seccompProfile', 'type') === 'Unconfined' ? ['seccompProfile Unconfined'] : []),
    ...(textAt(context, 'appArmorProfile', 'type') === 'Unconfined' ? ['appArmorProfile Unconfined'] : []),
  ]
}

function restrictedOfPod(spec: unknown): string[] {
  const volumes = listAt(spec, 'volumes').flatMap((volume) =>
    Object.keys(Object(volume)).filter((field) => field !== 'name' && !restrictedVolumes.has(field)),
  )
  const podContext = at(spec, 'securityContext')
  const containers = containersOf(spec).flatMap((container) => {
    const context = at(container, 'securityContext')
    const inherited = (field: string): unknown => at(context, field) ?? at(podContext, field)
    const seccomp = textAt(inherited('seccompProfile'), 'type')
    const added = capabilities(container, 'add').filter((name) => name !== 'NET_BIND_SERVICE')
    return [
      ...(at(context, 'allowPrivilegeEscalation') === false ? [] : ['allowPrivilegeEscalation != false']),
      ...(inherited('runAsNonRoot') === true ? [] : ['runAsNonRoot != true']),
      ...(inherited('runAsUser') === 0 ? ['runAsUser=0'] : []),
      ...(seccomp === 'RuntimeDefault' || seccomp === 'Localhost' ? [] : ['no seccompProfile']),
      ...(capabilities(container, 'drop').includes('ALL') ? [] : ['capabilities without drop: ALL']),
      ...added.map((name) => `capability ${String(name)}`),
    ]
  })
  return [...new Set(volumes.map((type) => `${type} volumes`)), ...containers]
}
