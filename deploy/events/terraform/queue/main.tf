# The events of ECS in this account and Region, in an SQS queue for one ecs-graphql gateway.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "name" {
  type        = string
  default     = "ecs-graphql-events"
  description = "Name of the queue, and the beginning of the other names."
}

variable "gateway_role_name" {
  type        = string
  default     = ""
  description = "Name of the IAM role of the gateway. Empty if you attach the policy yourself."
}

variable "member_accounts" {
  type        = set(string)
  default     = []
  description = "Ids of other accounts whose events the module `member` sends to this account."
}

# What cannot be delivered or read. Nothing of it is lost for the inventory: a sweep finds what an event missed.
resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.name}-dead-letters"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue" "events" {
  name = var.name
  # After an hour the gateway lists anew, so older events are of no use.
  message_retention_seconds  = 3600
  receive_wait_time_seconds  = 20
  visibility_timeout_seconds = 30
  sqs_managed_sse_enabled    = true
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = 5
  })
}

resource "aws_cloudwatch_event_rule" "changes" {
  name        = "${var.name}-changes"
  description = "Changes of tasks, container instances, services and deployments"
  event_pattern = jsonencode({
    source = ["aws.ecs"]
    detail-type = [
      "ECS Task State Change",
      "ECS Container Instance State Change",
      "ECS Service Action",
      "ECS Deployment State Change",
    ]
  })
}

resource "aws_cloudwatch_event_target" "changes" {
  rule      = aws_cloudwatch_event_rule.changes.name
  target_id = "queue"
  arn       = aws_sqs_queue.events.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 185
  }
}

# Without it, a quiet fleet and a broken rule look the same.
resource "aws_cloudwatch_event_rule" "heartbeat" {
  name                = "${var.name}-heartbeat"
  description         = "Shows the gateway that events arrive"
  schedule_expression = "rate(1 minute)"
}

resource "aws_cloudwatch_event_target" "heartbeat" {
  rule      = aws_cloudwatch_event_rule.heartbeat.name
  target_id = "queue"
  arn       = aws_sqs_queue.events.arn
}

resource "aws_cloudwatch_event_rule" "member_heartbeats" {
  count       = length(var.member_accounts) == 0 ? 0 : 1
  name        = "${var.name}-member-heartbeats"
  description = "Heartbeats of the accounts whose events come from their own rules"
  event_pattern = jsonencode({
    source      = ["aws.events"]
    detail-type = ["Scheduled Event"]
    account     = var.member_accounts
  })
}

resource "aws_cloudwatch_event_target" "member_heartbeats" {
  count     = length(var.member_accounts) == 0 ? 0 : 1
  rule      = aws_cloudwatch_event_rule.member_heartbeats[0].name
  target_id = "queue"
  arn       = aws_sqs_queue.events.arn
}

resource "aws_sqs_queue_policy" "rules" {
  for_each = {
    events       = aws_sqs_queue.events
    dead_letters = aws_sqs_queue.dead_letters
  }
  queue_url = each.value.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Rules"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = each.value.arn
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = concat(
              [aws_cloudwatch_event_rule.changes.arn, aws_cloudwatch_event_rule.heartbeat.arn],
              aws_cloudwatch_event_rule.member_heartbeats[*].arn,
            )
          }
        }
      },
      {
        Sid       = "Encrypted"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = each.value.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_cloudwatch_event_permission" "members" {
  for_each     = var.member_accounts
  principal    = each.value
  statement_id = "ecs-graphql-${each.value}"
  action       = "events:PutEvents"
}

resource "aws_iam_policy" "gateway" {
  name        = "${var.name}-gateway"
  description = "Lets an ecs-graphql gateway read its queue of events"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"]
      Resource = aws_sqs_queue.events.arn
    }]
  })
}

resource "aws_iam_role_policy_attachment" "gateway" {
  count      = var.gateway_role_name == "" ? 0 : 1
  role       = var.gateway_role_name
  policy_arn = aws_iam_policy.gateway.arn
}

output "events_queue" {
  value       = aws_sqs_queue.events.url
  description = "The value of EVENTS_QUEUE."
}

output "gateway_policy_arn" {
  value       = aws_iam_policy.gateway.arn
  description = "The policy for the role of the gateway."
}

output "dead_letter_queue" {
  value       = aws_sqs_queue.dead_letters.url
  description = "What could not be delivered or read."
}
