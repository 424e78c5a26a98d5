import { Button, Checkbox, Group, Modal, Stack } from '@mantine/core'
import { Fragment, useState } from 'react'
import { useStore } from 'zustand'
import { commandWords } from '../../preload/command-text.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { ConsentItem } from '../../preload/contract/trust.ts'
import { exactText } from '../../preload/visible-text.ts'
import { t } from '../strings/t.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { Facts } from '../ui/Panel.tsx'
import { useFocusReturn } from '../ui/useFocusReturn.ts'
import { decisionLabel } from './decisionLabel.ts'
import type { ConsentQuestion, TrustStore } from './store.ts'
import classes from './Trust.module.css'

/** What a context demands to sign in, in full. Nothing is allowed unless the user selects it. */
export function ConsentDialog({ store }: { readonly store: TrustStore }) {
  useFocusReturn()
  const question = useStore(store, (state) => state.question)
  if (question === undefined) return null
  return (
    <Modal
      opened
      onClose={store.getState().cancel}
      title={t('trust.title', { context: exactText(question.context.name) })}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
    >
      {/* Another demand is another question: nothing that was selected for the first remains. */}
      <Question key={question.consent.id} question={question} store={store} />
    </Modal>
  )
}

function Question({ question, store }: { readonly question: ConsentQuestion; readonly store: TrustStore }) {
  const { context, consent, changed } = question
  const { allow, cancel } = store.getState()
  const [wholeFile, setWholeFile] = useState(false)
  const [variables, setVariables] = useState<string[]>([])
  const [problem, setProblem] = useState<ProblemReport>()
  const [busy, setBusy] = useState(false)
  return (
    <Stack gap="sm">
      {changed && (
        <Notice tone="warn" role="alert" title={t('trust.changed')}>
          <div>{t('trust.changedDetails')}</div>
        </Notice>
      )}
      <div>{t('trust.intro')}</div>
      {consent.items.map((item) => (
        <Demand key={JSON.stringify(item)} item={item} />
      ))}
      <Facts
        rows={[
          [t('trust.kubeconfig'), <Exact key="file" text={consent.file} />],
          [t('trust.server'), <Exact key="server" text={context.server} />],
        ]}
      />
      {consent.wholeFile && (
        <Checkbox
          checked={wholeFile}
          onChange={({ currentTarget }) => setWholeFile(currentTarget.checked)}
          label={t('trust.wholeFile')}
          description={t('trust.wholeFileDetails')}
        />
      )}
      {consent.variables.length > 0 && (
        <Checkbox.Group
          value={variables}
          onChange={setVariables}
          label={t('trust.inherit')}
          description={t('trust.inheritDetails')}
        >
          <Stack gap={6} mt={6}>
            {consent.variables.map((name) => (
              <Checkbox key={name} value={name} label={<Exact text={name} />} />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={cancel} data-autofocus>
          {t('ui.cancel')}
        </Button>
        <Button
          loading={busy}
          onClick={() => {
            setBusy(true)
            void allow({ wholeFile, variables }).then((allowProblem) => {
              setBusy(false)
              setProblem(allowProblem)
            })
          }}
        >
          {decisionLabel(t('trust.allow'))}
        </Button>
      </Group>
    </Stack>
  )
}

function Demand({ item }: { readonly item: ConsentItem }) {
  const title = t(`trust.demand.${item.kind}.title`)
  return (
    <section className={classes.demand} aria-label={title}>
      <h3 className={classes.title}>{title}</h3>
      <p className={classes.about}>{t(`trust.demand.${item.kind}.about`)}</p>
      <Facts rows={rowsOf(item)} />
    </section>
  )
}

function rowsOf(item: ConsentItem): Parameters<typeof Facts>[0]['rows'] {
  if (item.kind === 'token-file')
    return [
      [t('trust.fact.file'), <Exact key="file" text={item.file} />],
      [t('trust.fact.to'), <Exact key="server" text={item.server} />],
    ]
  if (item.kind === 'unencrypted') return [[t('trust.fact.to'), <Exact key="server" text={item.server} />]]
  const { command, path, args, environment } = item
  return [
    [t('trust.fact.command'), <Command key="command" words={commandWords(path, args)} />],
    // A link can give a program another name.
    ...(path === command || path.endsWith(`/${command}`)
      ? []
      : [[t('trust.fact.name'), <Exact key="name" text={command} />] as const]),
    ...(environment.length === 0
      ? []
      : [
          [
            t('trust.fact.variables'),
            <ul key="variables" className={classes.variables}>
              {environment.map(({ name, value }) => (
                <li key={name}>
                  <Exact text={`${name}=${value}`} />
                </li>
              ))}
            </ul>,
          ] as const,
        ]),
  ]
}

/** Breaks between words, and within one only if it is longer than a line. */
function Command({ words }: { readonly words: readonly string[] }) {
  return (
    <bdi className="mono">
      {words.map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: words repeat, and never change their order
        <Fragment key={index}>
          <span className={classes.word}>{word}</span>{' '}
        </Fragment>
      ))}
    </bdi>
  )
}

/** Text of the kubeconfig; it cannot hide a character. */
const Exact = ({ text }: { readonly text: string }) => <bdi className="mono">{exactText(text)}</bdi>
