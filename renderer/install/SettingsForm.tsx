// The package's index also loads a test registry, and with it a validator that the content security policy refuses.
import Form from '@rjsf/core/lib/components/Form.js'
import type { RJSFSchema } from '@rjsf/utils'
import { type RefObject, useImperativeHandle, useMemo, useRef } from 'react'
import type { JsonObject } from '../../preload/contract/words.ts'
import { templates, uiSchemaOf, widgets } from './formTheme.tsx'
import { validator } from './validator.ts'

export interface FormHandle {
  /** Shows what is wrong at each field; true when nothing is. */
  validate(): boolean
}

export interface SettingsFormProps {
  readonly schema: JsonObject
  readonly value: JsonObject
  readonly onChange: (value: JsonObject) => void
  readonly handle: RefObject<FormHandle | null>
}

/** The form that a profile's JSON schema describes. Its buttons are the wizard's own. */
export function SettingsForm({ schema, value, onChange, handle }: SettingsFormProps) {
  const form = useRef<Form>(null)
  const uiSchema = useMemo(() => ({ ...uiSchemaOf(schema), 'ui:submitButtonOptions': { norender: true } }), [schema])
  useImperativeHandle(handle, () => ({ validate: () => form.current?.validateForm() ?? false }))
  return (
    <Form
      ref={form}
      tagName="div"
      idPrefix="setting"
      schema={schema as RJSFSchema} // the profile's schema says that this is a JSON Schema
      uiSchema={uiSchema}
      validator={validator}
      templates={templates}
      widgets={widgets}
      formData={value}
      showErrorList={false}
      onChange={({ formData }) => onChange(formData ?? {})}
    >
      {/* A child stands in for the submit button that the form would draw. */}
      <span />
    </Form>
  )
}
