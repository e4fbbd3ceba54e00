import { Button } from '@mantine/core';
import Download from 'lucide-react/icons/download';
import KeySquare from 'lucide-react/icons/key-square';
import RefreshCw from 'lucide-react/icons/refresh-cw';
import { useState } from 'react';
import {
  type SigningKeyView,
  signingKeyListSchema,
  signingKeySchema,
} from '../../shared/contracts/hub-signing-keys.ts';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { DocumentView } from '../../shared-ui/DocumentView.tsx';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { CopyValue } from '../parts/CopyValue.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import reading from '../parts/Reading.module.css';
import { FilterChoice, ServerList } from '../parts/ServerList.tsx';
import { saveFile } from '../parts/save-file.ts';
import { useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';

/** The keys that sign policy: which one does now, what a rotation does, and their value for profiles. */
export function KeysPage() {
  const { t } = useConsoleText();
  const { api } = useHere();
  // From a pinned key devices follow to later ones, so the present key is enough.
  const signing = useRead({
    path: api('signing-keys'),
    query: { state: 'signing' },
    answer: signingKeyListSchema,
  });
  const [rotating, setRotating] = useState(false);
  const [made, setMade] = useState<SigningKeyView | null>(null);
  return (
    <>
      <PageHead
        title={t('keys.title')}
        text={t('keys.text')}
        actions={
          <Button leftSection={<RefreshCw size={16} aria-hidden />} onClick={() => setRotating(true)}>
            {t('keys.rotate')}
          </Button>
        }
      />
      {made === null ? null : (
        <Notice tone="good" live title={t('keys.rotated')}>
          <code>{made.fingerprint}</code>
        </Notice>
      )}
      <Keys />
      <Gate loaded={signing}>{({ keys }) => (keys.length === 0 ? null : <ProfileValue keys={keys} />)}</Gate>
      <Panel title={t('keys.what')}>
        <ol className={reading.numbered}>
          {(['keys.whatFirst', 'keys.whatFollow', 'keys.whatBroken'] as const).map((each) => (
            <li key={each}>{t(each)}</li>
          ))}
        </ol>
      </Panel>
      {rotating ? <Rotate onClose={() => setRotating(false)} onMade={setMade} /> : null}
    </>
  );
}

function Keys() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters();
  const filtered = get('search') + get('state') !== '';
  return (
    <ServerList
      label={t('keys.title')}
      path={api('signing-keys')}
      query={{ state: get('state') }}
      answer={signingKeyListSchema}
      page={({ keys, total, next }) => ({ rows: keys, total, next })}
      rowKey={(key) => key.kid}
      usualSort="-created"
      search={t('keys.search')}
      filters={
        <FilterChoice
          name="state"
          label={t('keys.state')}
          options={(['signing', 'replaced'] as const).map((each) => [each, t(`keys.${each}`)])}
        />
      }
      found={(count) => t('keys.found', { count })}
      empty={{
        icon: <KeySquare size={26} />,
        title: t(filtered ? 'list.nothingFound' : 'keys.noneTitle'),
        text: t(filtered ? 'list.nothingFoundText' : 'keys.noneText'),
      }}
      columns={[
        {
          title: t('keys.fingerprint'),
          cell: ({ fingerprint }) => (
            <CopyValue text={fingerprint} label={t('keys.copyNamed', { fingerprint })} />
          ),
        },
        {
          title: t('keys.state'),
          cell: ({ state }) => (
            <Tag tone={state === 'signing' ? 'good' : 'neutral'}>{t(`keys.${state}`)}</Tag>
          ),
        },
        { title: t('keys.created'), sort: 'created', cell: ({ createdAt }) => <When at={createdAt} /> },
      ]}
    />
  );
}

function ProfileValue({ keys }: { readonly keys: readonly SigningKeyView[] }) {
  const { t } = useConsoleText();
  const [form, setForm] = useState('whole');
  const value = keys.map((key) => (form === 'whole' ? key.publicKey : key.fingerprint));
  const text = `${JSON.stringify(value, null, 2)}\n`;
  return (
    <Panel
      title={t('keys.profile')}
      text={t('keys.profileText')}
      actions={
        <>
          <CopyButton text={() => text} label={t('keys.profileCopy')} />
          <Button
            variant="default"
            size="xs"
            leftSection={<Download size={14} aria-hidden />}
            aria-label={t('keys.profileSave')}
            onClick={() => saveFile('hubKeys.json', text, 'application/json')}
          >
            {t('enforcement.download')}
          </Button>
        </>
      }
    >
      <div className={layout.stack}>
        <Choice
          label={t('keys.profileForm')}
          value={form}
          options={[
            ['whole', t('keys.profileWhole')],
            ['prints', t('keys.profilePrints')],
          ]}
          onChange={setForm}
        />
        <DocumentView document={text} label={t('keys.profileValue')} />
      </div>
    </Panel>
  );
}

function Rotate({
  onClose,
  onMade,
}: {
  readonly onClose: () => void;
  readonly onMade: (key: SigningKeyView) => void;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const submit = async () => {
    const answer = await change.send({
      method: 'POST',
      path: api('signing-keys', 'rotate'),
      answer: signingKeySchema,
    });
    if (!answer.ok) return;
    onMade(answer.value);
    onClose();
  };
  return (
    <FormDialog
      title={t('keys.rotateTitle')}
      submit={t('keys.rotate')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <p>{t('keys.rotateText')}</p>
      <p>{t('keys.rotateAgents')}</p>
      <p>{t('keys.rotatePinned')}</p>
      <p>{t('keys.rotateAll')}</p>
    </FormDialog>
  );
}
