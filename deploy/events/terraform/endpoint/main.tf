# The events of ECS in this account and Region, posted to an ecs-graphql gateway by EventBridge.

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
  default     = "ecs-graphql-deliveries"
  description = "The beginning of all names."
}

variable "endpoint_url" {
  type        = string
  description = "The endpoint of the gateway, such as https://ecs.example.com/events."
}

variable "secret" {
  type        = string
  sensitive   = true
  description = "A secret of EVENTS_SECRETS_FILE, as `ecs-graphql token` printed it."
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.name}-dead-letters"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Rule"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.dead_letters.arn
      Condition = { ArnEquals = { "aws:SourceArn" = [aws_cloudwatch_event_rule.changes.arn] } }
    }]
  })
}

resource "aws_cloudwatch_event_connection" "gateway" {
  name               = var.name
  authorization_type = "API_KEY"

  auth_parameters {
    api_key {
      key   = "Authorization"
      value = "Bearer ${var.secret}"
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "gateway" {
  name                             = var.name
  connection_arn                   = aws_cloudwatch_event_connection.gateway.arn
  http_method                      = "POST"
  invocation_endpoint              = var.endpoint_url
  invocation_rate_limit_per_second = 300
}

resource "aws_iam_role" "delivery" {
  name = var.name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "delivery" {
  name = "deliver"
  role = aws_iam_role.delivery.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "events:InvokeApiDestination"
      Resource = aws_cloudwatch_event_api_destination.gateway.arn
    }]
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
  target_id = "gateway"
  arn       = aws_cloudwatch_event_api_destination.gateway.arn
  role_arn  = aws_iam_role.delivery.arn

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
  target_id = "gateway"
  arn       = aws_cloudwatch_event_api_destination.gateway.arn
  role_arn  = aws_iam_role.delivery.arn

  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 1
  }
}

output "dead_letter_queue" {
  value       = aws_sqs_queue.dead_letters.url
  description = "What could not be delivered."
}
