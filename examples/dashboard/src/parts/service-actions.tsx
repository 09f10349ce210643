import { useMutation, useQuery } from 'urql';
import { mainImage, revisionName } from '../format';
import { newKey } from '../gateway';
import {
  RevisionsDocument,
  type ServicePageQuery,
  StopServiceDeploymentDocument,
  UpdateServiceDocument,
} from '../graph/graphql';
import { Empty } from './basics';
import { ConfirmButton } from './confirm';

type Service = NonNullable<ServicePageQuery['service']>;

export function ServiceActions({ service, onChange }: { readonly service: Service; readonly onChange: () => void }) {
  const [, update] = useMutation(UpdateServiceDocument);
  const [, stop] = useMutation(StopServiceDeploymentDocument);
  const running = service.serviceDeployments?.nodes.find(
    ({ status }) => status === 'IN_PROGRESS' || status === 'PENDING',
  );
  const name = service.serviceName;
  const isGone = service.status !== 'ACTIVE';
  return (
    <div className="actions" role="toolbar" aria-label="Actions">
      <ConfirmButton
        label="Deploy"
        title={`Deploy ${name}`}
        text="Choose the revision of the task definition that the service shall run."
        action="Deploy"
        tone="primary"
        isDisabled={isGone}
        run={(form) =>
          update({
            input: { service: service.id, taskDefinition: String(form.get('revision')) },
            idempotencyKey: newKey(),
          })
        }
        onDone={onChange}
      >
        <RevisionChoice service={service} />
      </ConfirmButton>
      <ConfirmButton
        label="Scale"
        title={`Scale ${name}`}
        text="ECS starts or stops tasks until so many run."
        action="Scale"
        tone="primary"
        isDisabled={isGone}
        run={(form) =>
          update({ input: { service: service.id, desiredCount: Number(form.get('count')) }, idempotencyKey: newKey() })
        }
        onDone={onChange}
      >
        <label className="field">
          Desired tasks
          <input name="count" type="number" min={0} max={5000} required defaultValue={service.desiredCount} />
        </label>
      </ConfirmButton>
      <ConfirmButton
        label="Restart"
        title={`Restart ${name}?`}
        text={`A new deployment replaces all ${service.runningCount} tasks, with the same revision.`}
        action="Restart"
        tone="primary"
        isDisabled={isGone}
        run={() => update({ input: { service: service.id, forceNewDeployment: true }, idempotencyKey: newKey() })}
        onDone={onChange}
      />
      {running ? (
        <ConfirmButton
          label="Roll back"
          title={`Roll back ${name}?`}
          text="The deployment under way stops, and ECS goes back to the revision that ran before it."
          action="Roll back"
          run={() =>
            stop({ input: { serviceDeploymentArn: running.id, stopType: 'ROLLBACK' }, idempotencyKey: newKey() })
          }
          onDone={onChange}
        />
      ) : (
        <RollBackToLast service={service} isDisabled={isGone} onChange={onChange} />
      )}
    </div>
  );
}

/** Deploys what ran before, where nothing is under way that ECS could roll back itself. */
function RollBackToLast({
  service,
  isDisabled,
  onChange,
}: {
  readonly service: Service;
  readonly isDisabled: boolean;
  readonly onChange: () => void;
}) {
  const [, update] = useMutation(UpdateServiceDocument);
  const current = service.taskDefinition?.id;
  const last = service.serviceDeployments?.nodes
    .filter(({ status }) => status === 'SUCCESSFUL')
    .map(({ targetServiceRevision }) => targetServiceRevision?.serviceRevision?.taskDefinition)
    .find((definition) => definition && definition.id !== current);
  return (
    <ConfirmButton
      label="Roll back"
      title={`Roll back ${service.serviceName}?`}
      text={
        last
          ? `A new deployment goes back to ${revisionName(last)} (${mainImage(last)}), the last one that succeeded.`
          : ''
      }
      action="Roll back"
      isDisabled={isDisabled || !last}
      run={() =>
        last ? update({ input: { service: service.id, taskDefinition: last.id }, idempotencyKey: newKey() }) : undefined
      }
      onDone={onChange}
    />
  );
}

function RevisionChoice({ service }: { readonly service: Service }) {
  const [{ data, fetching }] = useQuery({
    query: RevisionsDocument,
    variables: { family: service.taskDefinition?.family ?? '' },
    requestPolicy: 'cache-and-network',
  });
  const revisions = data?.taskDefinitions?.nodes ?? [];
  const current = service.taskDefinition?.id;
  const proposed = revisions.find(({ id }) => id !== current)?.id;
  if (fetching && revisions.length === 0) return <p className="quiet">Reading the revisions</p>;
  if (revisions.length > 0 && proposed === undefined)
    return <Empty>There is no other revision of {service.taskDefinition?.family}.</Empty>;
  return (
    <fieldset className="choice">
      <legend>Revision</legend>
      {revisions.map((definition) => (
        <label key={definition.id}>
          <input
            type="radio"
            name="revision"
            value={definition.id}
            defaultChecked={definition.id === proposed}
            disabled={definition.id === current}
            required
          />
          <span className="code">{revisionName(definition)}</span>
          <span className="code quiet">{mainImage(definition)}</span>
          {definition.id === current && <span className="quiet">runs now</span>}
        </label>
      ))}
    </fieldset>
  );
}
