import { Button } from '@mantine/core';
import Download from 'lucide-react/icons/download';
import {
  type Deployment,
  deploymentsFor,
  type EnforcementFile,
  SYSTEMS,
  type System,
} from '../../shared/enforcement/deployments.ts';
import { utf16 } from '../../shared/enforcement/registry-file.ts';
import type { SignInWish } from '../../shared/enforcement/sign-in-wish.ts';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { DocumentView } from '../../shared-ui/DocumentView.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import layout from '../parts/Layout.module.css';
import reading from '../parts/Reading.module.css';
import { Steps } from '../parts/Steps.tsx';
import { saveFile } from '../parts/save-file.ts';
import { useFilters } from '../parts/use-filters.ts';

/** Every way of one system, with its file, where it belongs, and the commands; the system is in the address. */
export function Deployments({ wish }: { readonly wish: SignInWish }) {
  const { t, list } = useConsoleText();
  const { organization } = useHere();
  const filters = useFilters();
  const system = SYSTEMS.find((each) => each === filters.get('system')) ?? 'windows';
  const deployments = deploymentsFor(system, wish, organization);
  const methods = deployments.filter(({ file }) => file !== null).map(({ method }) => method);
  return (
    <>
      <Choice
        label={t('enforcement.system')}
        value={system}
        options={SYSTEMS.map((each) => [each, t(`enforcement.system.${each}`)])}
        onChange={(each) => filters.set('system', each)}
      />
      <p className={layout.dim}>
        {t('enforcement.order', {
          system: t(`enforcement.system.${system}`),
          methods: list(methods.map((method) => t(`enforcement.method.${method}`))),
        })}
      </p>
      {deployments.map((deployment, index) => (
        <Way key={deployment.method} system={system} deployment={deployment} preferred={index === 0} />
      ))}
    </>
  );
}

function Way({
  system,
  deployment,
  preferred,
}: {
  readonly system: System;
  readonly deployment: Deployment;
  readonly preferred: boolean;
}) {
  const { t } = useConsoleText();
  const { method, file, commands, verify } = deployment;
  const title = t(`enforcement.method.${method}`);
  const about = method === 'profile' ? (`profile.${system === 'mac' ? 'mac' : 'linux'}` as const) : method;
  const run = system === 'windows' ? 'enforcement.step.run.windows' : 'enforcement.step.run';
  const steps = (
    <Steps
      steps={[
        ...(file === null
          ? []
          : [{ title: t('enforcement.step.save'), content: <FileContent file={file} /> }]),
        ...(file?.place == null || method === 'registry'
          ? []
          : [{ title: t('enforcement.step.place'), content: <code>{file.place}</code> }]),
        { title: t(run), content: <Commands what={title} commands={commands} /> },
        {
          title: t('enforcement.step.verify'),
          content: (
            <>
              <p className={layout.dim}>{t('enforcement.verifyText')}</p>
              <Commands what={`${title}, ${t('enforcement.step.verify')}`} commands={verify} />
            </>
          ),
        },
      ]}
    />
  );
  return (
    <Panel
      title={title}
      text={t(`enforcement.about.${about}`)}
      actions={preferred ? <Tag tone="accent">{t('enforcement.preferred')}</Tag> : null}
    >
      {preferred ? (
        steps
      ) : (
        <details className={reading.folded}>
          <summary>{t('enforcement.stepsOf', { method: title })}</summary>
          {steps}
        </details>
      )}
    </Panel>
  );
}

function FileContent({ file }: { readonly file: EnforcementFile }) {
  const { t } = useConsoleText();
  const { name, text, encoding } = file;
  const save = () => saveFile(name, encoding === 'utf-16le' ? utf16(text) : text, 'application/octet-stream');
  return (
    <>
      <div className={layout.row}>
        <code>{name}</code>
        <Button
          variant="default"
          size="xs"
          leftSection={<Download size={14} aria-hidden />}
          aria-label={t('enforcement.downloadNamed', { file: name })}
          onClick={save}
        >
          {t('enforcement.download')}
        </Button>
        <CopyButton text={() => text} label={t('enforcement.copyNamed', { file: name })} />
      </div>
      <DocumentView document={text.trim()} label={t('enforcement.contentNamed', { file: name })} />
    </>
  );
}

function Commands({ what, commands }: { readonly what: string; readonly commands: readonly string[] }) {
  const { t } = useConsoleText();
  const text = commands.join('\n');
  return (
    <>
      <DocumentView document={text} label={t('enforcement.commandsNamed', { what })} />
      <div>
        <CopyButton text={() => `${text}\n`} label={t('enforcement.copyCommands', { what })} />
      </div>
    </>
  );
}
