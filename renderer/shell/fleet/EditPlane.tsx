import { Button, Group, Modal, Stack, TagsInput, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Plane } from '../../../preload/contract/planes.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import type { PlanesStore } from '../../planes/store.ts'
import { t } from '../../strings/t.ts'
import { ProblemNotice } from '../../ui/Notice.tsx'
import { useFocusReturn } from '../../ui/useFocusReturn.ts'
import { labelLines, labelsIn } from './labels.ts'

const namePattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

export interface EditPlaneProps {
  readonly plane: Plane
  readonly store: PlanesStore
  readonly onClose: () => void
}

/** The name of a plane and its labels. Its cluster does not change. */
export function EditPlane({ plane, store, onClose }: EditPlaneProps) {
  useFocusReturn()
  const [name, setName] = useState(plane.name)
  const [lines, setLines] = useState(labelLines(plane.labels))
  const [problem, setProblem] = useState<ProblemReport>()
  const [saving, setSaving] = useState(false)
  const labels = labelsIn(lines)
  const validName = namePattern.test(name)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (labels === undefined || !validName) return
    setSaving(true)
    const saved = await store.getState().describe(plane.id, { name, labels })
    setSaving(false)
    if (saved.ok) onClose()
    else setProblem(saved.problem)
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('fleet.edit.title', { plane: plane.name })}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
    >
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          {problem !== undefined && <ProblemNotice problem={problem} />}
          <TextInput
            label={t('fleet.edit.name')}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            error={validName ? undefined : t('fleet.edit.nameRule')}
            data-autofocus
          />
          <TagsInput
            label={t('fleet.edit.labels')}
            description={t('fleet.edit.labelsAbout')}
            value={lines}
            onChange={setLines}
            error={labels === undefined ? t('fleet.edit.labelsInvalid') : undefined}
            size="xs"
            maxTags={20}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('ui.cancel')}
            </Button>
            <Button type="submit" loading={saving} disabled={labels === undefined || !validName}>
              {t('fleet.edit.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
