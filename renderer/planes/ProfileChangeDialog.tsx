import { Button, Group, Modal, Stack } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useStore } from 'zustand'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { EndpointChange, EndpointTarget, ProfileChange } from '../../preload/contract/profile-change.ts'
import { reasonToApprove } from '../../preload/profile-difference.ts'
import { exactText } from '../../preload/visible-text.ts'
import { t } from '../strings/t.ts'
import { decisionLabel } from '../trust/decisionLabel.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { Facts } from '../ui/Panel.tsx'
import { useTimeFormat } from '../ui/timeFormat.ts'
import { useFocusReturn } from '../ui/useFocusReturn.ts'
import classes from './ProfileChange.module.css'
import type { ProfileChangeStore } from './profileChange.ts'

/** What changed in the profile of a plane: first where connections go, what they trust and what they send. */
export function ProfileChangeDialog({ store }: { readonly store: ProfileChangeStore }) {
  useFocusReturn()
  const { change, reviewing, again, cancel, approve } = useStore(store)
  const [problem, setProblem] = useState<ProblemReport>()
  const [busy, setBusy] = useState(false)
  const { full } = useTimeFormat()
  if (change === undefined || !reviewing) return null
  const shown = problem ?? change.problem
  const reason = reasonToApprove(change)
  return (
    <Modal
      opened
      onClose={cancel}
      title={t(`planes.change.title.${reason}`, { plane: change.plane })}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
    >
      <Stack gap="sm">
        {again && (
          <Notice tone="warn" role="alert" title={t('planes.change.again')}>
            <div>{t('planes.change.againDetails')}</div>
          </Notice>
        )}
        <div>
          {t(`planes.change.intro.${reason}`, {
            profile: exactText(change.profile),
            at: change.approved === null ? '' : full(change.approved.at),
          })}
        </div>
        {change.problem === undefined && <Difference change={change} />}
        {shown !== undefined && <ProblemNotice problem={shown} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={cancel} data-autofocus>
            {t('ui.cancel')}
          </Button>
          {change.problem === undefined && (
            <Button
              loading={busy}
              onClick={() => {
                setBusy(true)
                void approve().then((approveProblem) => {
                  setBusy(false)
                  setProblem(approveProblem)
                })
              }}
            >
              {decisionLabel(t(`planes.change.approve.${reason}`))}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}

function Difference({ change: { difference, digest } }: { readonly change: ProfileChange }) {
  const { credentials, endpoints, releases, files, settingsSchema, fields } = difference
  const nothing =
    credentials.length + endpoints.length + releases.length + files.length + fields.length === 0 && !settingsSchema
  return (
    <>
      {nothing && <div>{t('planes.change.textOnly')}</div>}
      <Section title={t('planes.change.credentials')} shown={credentials.length > 0}>
        {credentials.map(({ credential, before, after }) => (
          <Entry key={credential} name={credential} kind="changed">
            <Facts
              rows={[
                [t('planes.change.sentTo'), <Values key="to" before={before.join('; ')} after={after.join('; ')} />],
              ]}
            />
          </Entry>
        ))}
      </Section>
      <Section title={t('planes.change.endpoints')} shown={endpoints.length > 0}>
        {endpoints.map((each) => (
          <Entry key={each.id} name={each.id} kind={each.kind}>
            <Facts rows={endpointRows(each)} />
          </Entry>
        ))}
      </Section>
      <Section title={t('planes.change.releases')} shown={releases.length > 0}>
        {releases.map(({ name, kind, before, after, values }) => (
          <Entry key={name} name={name} kind={kind}>
            <Facts
              rows={[
                [t('planes.change.chart'), <Values key="chart" before={before} after={after} />],
                ...(kind === 'changed' && values
                  ? [[t('planes.change.values'), t('planes.change.valuesChanged')] as const]
                  : []),
              ]}
            />
          </Entry>
        ))}
      </Section>
      <Section title={t('planes.change.files')} shown={files.length > 0}>
        {files.map(({ path, kind }) => (
          <Entry key={path} name={path} kind={kind} />
        ))}
      </Section>
      <Section title={t('planes.change.others')} shown={settingsSchema || fields.length > 0}>
        {settingsSchema && <div>{t('planes.change.settings')}</div>}
        {fields.length > 0 && <div>{t('planes.change.fields', { fields: fields.join(', ') })}</div>}
      </Section>
      <Facts
        rows={[
          [
            t('planes.change.digest'),
            <span key="digest" className="mono">
              {digest}
            </span>,
          ],
        ]}
      />
    </>
  )
}

interface SectionProps {
  readonly title: string
  readonly shown: boolean
  readonly children: ReactNode
}

function Section({ title, shown, children }: SectionProps) {
  if (!shown) return null
  return (
    <section className={classes.section} aria-label={title}>
      <h3 className={classes.title}>{title}</h3>
      {children}
    </section>
  )
}

interface EntryProps {
  readonly name: string
  readonly kind: EndpointChange['kind']
  readonly children?: ReactNode
}

function Entry({ name, kind, children }: EntryProps) {
  return (
    <div className={classes.entry}>
      <div>
        <Exact text={name} /> <span className={classes.kind}>{t(`planes.change.kind.${kind}`)}</span>
      </div>
      {children}
    </div>
  )
}

/** The facts of a target in the order of their weight. */
const targetFields = [
  'host',
  'port',
  'protocol',
  'tls',
  'trust',
  'credential',
  'clientCertificate',
  'serverName',
  'path',
  'proxy',
  'companions',
] as const satisfies readonly (keyof EndpointTarget)[]

function endpointRows({ before, after }: EndpointChange): Parameters<typeof Facts>[0]['rows'] {
  const rows = targetFields.flatMap((field) => {
    const [old, now] = [before && fieldText(before, field), after && fieldText(after, field)]
    // What is as usual for an endpoint that was added says nothing; of one that was removed, its address is enough.
    const isUsual = before === null && (now === none() || (field === 'tls' && after?.tls) || now === 'env')
    const isSilent = old === now || isUsual || (after === null && !addressFields.has(field))
    return isSilent
      ? []
      : [[t(`planes.change.field.${field}`), <Values key={field} before={old ?? ''} after={now ?? ''} />] as const]
  })
  return rows.length > 0 ? rows : [[t('planes.change.field.others'), t('planes.change.expectations')]]
}

const addressFields: ReadonlySet<string> = new Set(['host', 'port', 'protocol'])
const none = (): string => t('planes.change.none')

function fieldText(target: EndpointTarget, field: (typeof targetFields)[number]): string {
  const value = target[field]
  if (field === 'port' && value === null) return t('planes.change.defaultPort')
  if (typeof value === 'boolean') return t(value ? 'planes.change.yes' : 'planes.change.no')
  const text = Array.isArray(value) ? value.join(', ') : String(value)
  return text === '' ? none() : text
}

/** The old value, if there is one, and the new one. */
function Values({ before, after }: { readonly before: string; readonly after: string }) {
  if (before === '' || after === '' || before === after) return <Exact text={after === '' ? before : after} />
  return (
    <>
      <del className={classes.before}>
        <Exact text={before} />
      </del>{' '}
      → <Exact text={after} />
    </>
  )
}

/** Text of the profile; it cannot hide a character. */
const Exact = ({ text }: { readonly text: string }) => <bdi className="mono">{exactText(text)}</bdi>
