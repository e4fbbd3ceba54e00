import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { z } from 'zod';
import {
  type AccessPolicies,
  accessPoliciesSchema,
  IMAGE_CLASSES,
  MOST_REGISTRIES,
} from '../../shared/contracts/access-policies.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHub } from '../hub/hub-context.tsx';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Field } from '../parts/Field.tsx';
import { Form } from '../parts/Form.tsx';
import layout from '../parts/Layout.module.css';
import { useChange } from '../parts/use-change.ts';
import { useKept } from '../parts/use-kept.ts';
import {
  checkAccess,
  entriesOf,
  listProblem,
  type TypedAccess,
  typedAccessSchema,
  typedFrom,
} from './typed-access.ts';

/** `tag`: entity tag of what it was made from. */
const draftSchema = z.object({ typed: typedAccessSchema, tag: z.string() });

/** The decision as a form. What was typed outlives a reload, a dead network and somebody else's change. */
export function AccessForm({ access, tag }: { readonly access: AccessPolicies; readonly tag: string }) {
  const { t } = useConsoleText();
  const { api, isOwner } = useHere();
  const { refresh } = useHub();
  const change = useChange();
  const [kept, keep] = useKept('access', draftSchema);
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const [saved, setSaved] = useState(false);
  const typed = kept?.typed ?? typedFrom(access);
  const overtaken = kept !== null && kept.tag !== tag;
  const edit = (part: Partial<TypedAccess>) => {
    setSaved(false);
    keep({ typed: { ...typed, ...part }, tag: kept?.tag ?? tag });
  };
  const submit = async (from: string) => {
    const checked = checkAccess(typed);
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'PATCH',
      path: api('access-policies'),
      body: checked.value,
      ifMatch: from,
      answer: accessPoliciesSchema,
    });
    setSaved(answer.ok);
    if (answer.ok) keep(null);
    else if (answer.failure.kind === 'refused' && answer.failure.status === 412) {
      // What stands there now has to be seen before anything is put over it.
      keep({ typed, tag: from });
      change.forget();
      await refresh();
    }
  };
  const shared = { typed, problems, disabled: !isOwner, edit };
  return (
    <Form
      submit={isOwner ? t('action.save') : undefined}
      change={change}
      disabled={overtaken || kept === null}
      saved={saved ? t('access.saved') : null}
      more={
        kept === null ? null : (
          <Button variant="default" disabled={change.busy} onClick={() => keep(null)}>
            {t('policies.discard')}
          </Button>
        )
      }
      onSubmit={() => submit(kept?.tag ?? tag)}
    >
      <Changed access={access} />
      {overtaken ? (
        <Overtaken access={access} onMine={() => void submit(tag)} onTheirs={() => keep(null)} />
      ) : null}
      <Registries {...shared} />
      <Images {...shared} />
      {isOwner ? null : <p className={layout.dim}>{t('access.ownersOnly')}</p>}
    </Form>
  );
}

function Changed({ access: { updatedAt, updatedBy } }: { readonly access: AccessPolicies }) {
  const { t } = useConsoleText();
  return (
    <p className={layout.dim}>
      {updatedAt === null || updatedBy === null ? (
        t('access.never')
      ) : (
        <>
          {t('access.changed', { name: updatedBy })}, <When within at={updatedAt} />
        </>
      )}
    </p>
  );
}

interface PartProps {
  readonly typed: TypedAccess;
  readonly problems: { readonly [field: string]: string };
  readonly disabled: boolean;
  readonly edit: (part: Partial<TypedAccess>) => void;
}

function Registries({ typed, problems, disabled, edit }: PartProps) {
  const { t } = useConsoleText();
  const entries = entriesOf(typed.hosts);
  const problemText = useListProblem(problems, 'registries.hosts', entries);
  return (
    <Panel title={t('access.registries')} text={t('access.registriesText')}>
      <div className={layout.stack}>
        <Choice
          label={t('access.registriesMay')}
          value={typed.limitsRegistries ? 'only' : 'any'}
          disabled={disabled}
          options={[
            ['any', t('access.registriesAny')],
            ['only', t('access.registriesOnly')],
          ]}
          onChange={(next) => edit({ limitsRegistries: next === 'only' })}
        />
        {typed.limitsRegistries ? (
          <>
            <Field
              label={t('access.hosts')}
              hint={t('access.hostsHint', { most: MOST_REGISTRIES })}
              rows={6}
              disabled={disabled}
              problem={problemText}
              value={typed.hosts}
              onChange={(hosts) => edit({ hosts })}
            />
            <p className={layout.dim} role="status">
              {t('access.hostsCount', { count: entries.length })}
            </p>
          </>
        ) : null}
      </div>
    </Panel>
  );
}

function Images({ typed, problems, disabled, edit }: PartProps) {
  const { t } = useConsoleText();
  const { classes } = typed;
  const entries = entriesOf(typed.repositories);
  const problemText = useListProblem(problems, 'images.repositories', entries);
  return (
    <Panel title={t('access.images')} text={t('access.imagesText')}>
      <div className={layout.stack}>
        <Choice
          label={t('access.imagesMay')}
          value={typed.limitsImages ? 'only' : 'any'}
          disabled={disabled}
          options={[
            ['any', t('access.imagesAny')],
            ['only', t('access.imagesOnly')],
          ]}
          onChange={(next) => edit({ limitsImages: next === 'only' })}
        />
        {typed.limitsImages ? (
          <>
            <Checkbox.Group
              label={t('access.classes')}
              value={[...classes]}
              onChange={(next) => edit({ classes: IMAGE_CLASSES.filter((each) => next.includes(each)) })}
            >
              <div className={layout.choices}>
                {IMAGE_CLASSES.map((each) => (
                  <Checkbox key={each} value={each} label={t(`access.class.${each}`)} disabled={disabled} />
                ))}
              </div>
            </Checkbox.Group>
            {classes.length > 0 ? null : (
              <Notice tone="warn" live>
                {t(entries.length === 0 ? 'access.nothing' : 'access.noKind')}
              </Notice>
            )}
            <Field
              label={t('access.repositories')}
              hint={t('access.repositoriesHint')}
              rows={4}
              disabled={disabled}
              problem={problemText}
              value={typed.repositories}
              onChange={(repositories) => edit({ repositories })}
            />
          </>
        ) : null}
      </div>
    </Panel>
  );
}

function useListProblem(
  problems: { readonly [field: string]: string },
  field: string,
  entries: readonly string[],
): string | undefined {
  const { t } = useConsoleText();
  const found = listProblem(problems, field, entries);
  if (found === null) return undefined;
  const { entry, problem } = found;
  return entry === null ? problem : t('access.atEntry', { entry, problem });
}

function Overtaken({
  access,
  onMine,
  onTheirs,
}: {
  readonly access: AccessPolicies;
  readonly onMine: () => void;
  readonly onTheirs: () => void;
}) {
  const { t, list } = useConsoleText();
  const { registries, images } = access;
  const kinds = (images?.classes ?? []).map((each) => t(`access.class.${each}`));
  const present = t('access.inForce', {
    registries: registries === null ? t('access.registriesAny') : list([...registries.hosts]),
    images: images === null ? t('access.imagesAny') : list([...kinds, ...images.repositories]),
  });
  return (
    <Notice
      tone="warn"
      live
      title={t('access.overtakenTitle', { name: access.updatedBy ?? '' })}
      actions={
        <>
          <Button variant="default" size="xs" onClick={onMine}>
            {t('access.keepMine')}
          </Button>
          <Button variant="default" size="xs" onClick={onTheirs}>
            {t('access.takeTheirs')}
          </Button>
        </>
      }
    >
      {t('access.overtakenText', { present })}
    </Notice>
  );
}
